import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest, type HttpResponse } from '@smithy/core/protocols';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Environment } from '../config/environment.ts';

/** What a function answered; `isError` when it ended with one. */
export type Invocation = { payload: string; isError: boolean };

/**
 * Invokes a function and waits for its answer.
 *
 * @throws InvocationError when Lambda did not carry it out, and what the network throws.
 */
export type Invoke = (
  functionArn: string,
  payload: string,
  signal: AbortSignal,
) => Promise<Invocation>;

/** Named as Lambda names it (API reference, Invoke, Errors). */
class InvocationError extends Error {
  readonly status: number;
  constructor(name: string, status: number) {
    super(`Lambda answered ${status}`);
    this.name = name;
    this.status = status;
  }
}

/** A second try fits into Cognito's five seconds only when the first one could not even be sent. */
const MAXIMUM_ATTEMPTS = 2;
const CONNECTION_TIMEOUT_MS = 1_000;

/**
 * Lambda's Invoke alone, signed and sent by the same parts of the AWS SDK as everything else: its Lambda client
 * would be a fifth of a trigger's bundle, read at every start whether a function is chained or not.
 *
 * @param env the credentials and the region that Lambda gives each function; `AWS_ENDPOINT_URL_LAMBDA` and
 *   `AWS_ENDPOINT_URL` as the SDK takes them.
 */
export function createInvoke(env: Environment): Invoke {
  const region = env.AWS_REGION ?? '';
  const endpoint = new URL(
    env.AWS_ENDPOINT_URL_LAMBDA ??
      env.AWS_ENDPOINT_URL ??
      `https://lambda.${region}.${suffix(region)}`,
  );
  const handler = new NodeHttpHandler({ connectionTimeout: CONNECTION_TIMEOUT_MS });
  const signer = new SignatureV4({
    service: 'lambda',
    region,
    sha256: Sha256,
    // Read anew each time: they expire.
    credentials: async () => ({
      accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
      ...(env.AWS_SESSION_TOKEN && { sessionToken: env.AWS_SESSION_TOKEN }),
    }),
  });

  return async (functionArn, payload, signal) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await send(functionArn, payload, signal);
      } catch (error) {
        const isRefusal = error instanceof InvocationError && !isTransient(error.status);
        if (isRefusal || signal.aborted || attempt === MAXIMUM_ATTEMPTS) throw error;
      }
    }
  };

  async function send(functionArn: string, payload: string, abortSignal: AbortSignal) {
    const request = new HttpRequest({
      method: 'POST',
      protocol: endpoint.protocol,
      hostname: endpoint.hostname,
      ...(endpoint.port !== '' && { port: Number(endpoint.port) }),
      path: `/2015-03-31/functions/${encodeURIComponent(functionArn)}/invocations`,
      headers: { host: endpoint.host, 'content-type': 'application/json' },
      body: payload,
    });
    const signed = await signer.sign(request);
    const { response } = await handler.handle(HttpRequest.clone(signed as HttpRequest), {
      abortSignal,
    });
    return readAnswer(response);
  }
}

async function readAnswer({ statusCode, headers, body }: HttpResponse): Promise<Invocation> {
  const payload = (await buffer(body as Readable)).toString('utf8');
  if (statusCode >= 300) {
    const type = headers['x-amzn-errortype']?.split(':')[0];
    throw new InvocationError(type ?? `HttpStatus${statusCode}`, statusCode);
  }
  return { payload, isError: headers['x-amz-function-error'] !== undefined };
}

function isTransient(status: number): boolean {
  return status === 429 || status >= 500;
}

/** AWS's partitions (general reference, service endpoints). */
function suffix(region: string): string {
  if (region.startsWith('cn-')) return 'amazonaws.com.cn';
  return region.startsWith('eusc-') ? 'amazonaws.eu' : 'amazonaws.com';
}
