import { buffer } from 'node:stream/consumers';
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest, type HttpResponse } from '@smithy/core/protocols';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Environment } from '../config/environment.ts';

/** A function's answer; `isError`: it ended with an error, which is the payload. */
export type InvocationResult = { payload: string; isError: boolean };

/**
 * Invokes a function and waits for its answer. Tries once more after 429, 5xx and network errors.
 *
 * @throws InvocationError when Lambda refuses the invocation, and errors of the network as they are.
 */
type Invoke = (
  functionArn: string,
  payload: string,
  signal: AbortSignal,
) => Promise<InvocationResult>;

/** Its name is Lambda's name of the error (API reference, Invoke, Errors). */
class InvocationError extends Error {
  readonly status: number;
  constructor(name: string, status: number) {
    super(`Lambda answered ${status}`);
    this.name = name;
    this.status = status;
  }
}

/** A second attempt fits into Cognito's five seconds only when the first one failed early. */
const MAXIMUM_ATTEMPTS = 2;
const CONNECTION_TIMEOUT_MS = 1_000;

/**
 * Lambda's Invoke, signed and sent by the same packages that the AWS SDK uses. The SDK's Lambda client would
 * be a fifth of a trigger's bundle, read at every cold start whether a function is chained or not.
 *
 * @param env the credentials and the region that Lambda gives each function; `AWS_ENDPOINT_URL_LAMBDA` and
 *   `AWS_ENDPOINT_URL` mean what they mean to the SDK.
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
    // Read for each request: they expire.
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
    const { response } = await handler.handle(HttpRequest.clone(signed), {
      abortSignal,
    });
    return readAnswer(response);
  }
}

async function readAnswer({ statusCode, headers, body }: HttpResponse): Promise<InvocationResult> {
  const payload = (await buffer(body)).toString('utf8');
  if (statusCode >= 300) {
    const type = headers['x-amzn-errortype']?.split(':')[0];
    throw new InvocationError(type ?? `HttpStatus${statusCode}`, statusCode);
  }
  return { payload, isError: headers['x-amz-function-error'] !== undefined };
}

function isTransient(status: number): boolean {
  return status === 429 || status >= 500;
}

/** The domain of a region's partition (AWS general reference, service endpoints). */
function suffix(region: string): string {
  if (region.startsWith('cn-')) return 'amazonaws.com.cn';
  return region.startsWith('eusc-') ? 'amazonaws.eu' : 'amazonaws.com';
}
