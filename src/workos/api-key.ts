import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { classifyAwsError } from '../aws/classify-aws-error.ts';
import { noteAddress } from '../aws/note-address.ts';
import type { WorkosConfig } from '../config/workos.ts';
import { summarizeError } from '../telemetry/summarize-error.ts';
import { RetryableError } from './users.ts';

/** Where the key comes from. `renew`: WorkOS has refused the key, so read it again for the next request. */
export interface ApiKeySource {
  get(): Promise<string>;
  renew(): void;
}

/** While WorkOS refuses a key, SSM is asked for a new one at most this often. */
const RENEWAL_INTERVAL_MS = 10_000;
/** SSM answers in tens of milliseconds; the SDK itself would wait for a hanging connection without end. */
const READ_DEADLINE_MS = 20_000;

/**
 * The key itself, or the SSM SecureString that holds it: read once, kept in memory only, and read again
 * after WorkOS refused it, so that a rotated key is used without a deployment.
 *
 * @param ssm called only when the configuration names a parameter.
 * @param now milliseconds since the epoch; default: the system's clock.
 * @returns a source whose `get` throws RetryableError when the parameter cannot be read.
 */
export function createApiKeySource(
  config: WorkosConfig['apiKey'],
  ssm: () => SSMClient,
  now: () => number = Date.now,
): ApiKeySource {
  if (config.kind === 'value') return { get: async () => config.value, renew: () => {} };
  const read = () => readParameter(ssm(), config.name);
  let current: { key: Promise<string>; readAt: number } | undefined;
  return {
    get() {
      current ??= { key: read(), readAt: now() };
      const reading = current;
      reading.key.catch(() => {
        if (current === reading) current = undefined;
      });
      return reading.key;
    },
    renew() {
      if (current && now() - current.readAt >= RENEWAL_INTERVAL_MS) current = undefined;
    },
  };
}

async function readParameter(ssm: SSMClient, name: string): Promise<string> {
  let value: string | undefined;
  const address = noteAddress(ssm);
  try {
    const command = new GetParameterCommand({ Name: name, WithDecryption: true });
    const abortSignal = AbortSignal.timeout(READ_DEADLINE_MS);
    value = (await ssm.send(command, { abortSignal })).Parameter?.Value?.trim();
  } catch (cause) {
    throw new RetryableError(toProblem(cause, address()), { cause });
  }
  if (!value) throw new RetryableError('the SSM parameter for the WorkOS key is empty');
  return value;
}

function toProblem(cause: unknown, address: string | undefined): string {
  const failure = classifyAwsError(cause);
  if (failure.kind === 'transient' && !failure.answered) {
    const where = address === undefined ? '' : ` at ${address}`;
    return `the WorkOS key could not be read: SSM cannot be reached${where} (${failure.what}): check the network, a proxy in between, the region and AWS_ENDPOINT_URL_SSM`;
  }
  if (failure.kind === 'setup')
    return `the WorkOS key could not be read from SSM: ${failure.problem}`;
  return `the WorkOS key could not be read from SSM (${summarizeError(cause).name}): check that the parameter exists and that the role may ssm:GetParameter and decrypt it`;
}
