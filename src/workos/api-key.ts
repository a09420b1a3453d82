import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
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
  try {
    const command = new GetParameterCommand({ Name: name, WithDecryption: true });
    value = (await ssm.send(command)).Parameter?.Value?.trim();
  } catch (cause) {
    const { name: error } = summarizeError(cause);
    throw new RetryableError(
      `the WorkOS key could not be read from SSM (${error}): check that the parameter exists and that the role may ssm:GetParameter and decrypt it`,
      { cause },
    );
  }
  if (!value) throw new RetryableError('the SSM parameter for the WorkOS key is empty');
  return value;
}
