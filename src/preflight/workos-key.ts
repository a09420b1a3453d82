import { ConfigurationError, type Environment } from '../config/environment.ts';
import { loadWorkosConfig } from '../config/workos.ts';
import { RetryableError } from '../workos/users.ts';
import { createWorkosUsers } from '../workos/workos-users.ts';
import type { Fact, PreflightCheck, PreflightFinding } from './check.ts';
import type { KeyParameter } from './key-parameter.ts';

const READ_DEADLINE_MS = 12_000;

/** One read with the key of the parameter or, where that cannot be read, of the environment. */
export function checkWorkosKey(key: Promise<Fact<KeyParameter>>, env: Environment): PreflightCheck {
  return {
    name: 'workos-key',
    async run() {
      const fact = await key;
      const stored = fact.known && fact.value.value !== '' ? fact.value.value : undefined;
      const value = stored ?? env.WORKOS_API_KEY?.trim();
      if (!value) {
        return {
          status: 'unknown',
          detail: 'no key to try: the parameter cannot be read and WORKOS_API_KEY is not set',
          todo: 'set WORKOS_API_KEY to have the key tried',
        };
      }
      return tryKey(value, stored ? 'the key of the parameter' : 'the key of WORKOS_API_KEY', env);
    },
  };
}

async function tryKey(value: string, whose: string, env: Environment): Promise<PreflightFinding> {
  try {
    const parameter = { WORKOS_API_KEY: value, WORKOS_API_KEY_PARAMETER: undefined };
    const config = loadWorkosConfig({ ...env, ...parameter });
    const workosUsers = createWorkosUsers({
      config,
      apiKey: { get: async () => value, renew: () => {} },
      counter: { sent: () => {}, rateLimited: () => {} },
    });
    await workosUsers.list(undefined, AbortSignal.timeout(READ_DEADLINE_MS));
    return { status: 'ok', detail: `WorkOS at ${config.hostname} takes ${whose}` };
  } catch (error) {
    return toFinding(error, whose);
  }
}

function toFinding(error: unknown, whose: string): PreflightFinding {
  if (error instanceof ConfigurationError) return { status: 'fail', detail: error.message };
  if (!(error instanceof RetryableError)) throw error;
  if (error.status === 401 || error.status === 403) {
    return {
      status: 'fail',
      detail: `WorkOS refuses ${whose} (${error.status})`,
      todo: 'put the key of the right WorkOS environment, with access to users, into the parameter',
    };
  }
  if (error.status === 429) {
    return {
      status: 'warn',
      detail: 'WorkOS asked to slow down (429): the key is in use elsewhere',
    };
  }
  return {
    status: 'fail',
    detail: error.message,
    todo: 'check WORKOS_API_HOSTNAME, WORKOS_API_PORT, WORKOS_API_HTTPS and the network',
  };
}
