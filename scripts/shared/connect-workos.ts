import { SSMClient } from '@aws-sdk/client-ssm';
import type { ServerClock } from '../../src/aws/server-clock.ts';
import { loadWorkosConfig, type WorkosConfig } from '../../src/config/workos.ts';
import { type ApiKeySource, createApiKeySource } from '../../src/workos/api-key.ts';
import type { RequestCounter } from '../../src/workos/transport.ts';
import { createWorkosUsers } from '../../src/workos/workos-users.ts';
import { regionOf } from './region.ts';

/** WorkOS as the environment names it, and how often it is asked. */
export type WorkosConnection = {
  config: WorkosConfig;
  apiKey: ApiKeySource;
  counter: RequestCounter;
  requests: { reads: number; writes: number; rateLimited: number };
  workosUsers: ReturnType<typeof createWorkosUsers>;
};

/**
 * @param clock set by WorkOS's answers, if given.
 * @throws ConfigurationError
 */
export function connectWorkos(
  { userPoolId }: { userPoolId: string },
  clock?: ServerClock,
): WorkosConnection {
  const config = loadWorkosConfig(process.env);
  const region = regionOf(userPoolId, process.env);
  const apiKey = createApiKeySource(config.apiKey, () => new SSMClient(region));
  const requests = { reads: 0, writes: 0, rateLimited: 0 };
  const counter: RequestCounter = {
    sent: (kind) => void requests[`${kind}s`]++,
    rateLimited: () => void requests.rateLimited++,
    ...(clock && { answered: clock.note }),
  };
  const workosUsers = createWorkosUsers({ config, apiKey, counter });
  return { config, apiKey, counter, requests, workosUsers };
}

/** Exported files say nothing of the time: the first answer of WorkOS's sets the clock. */
export async function setClock({ workosUsers }: WorkosConnection): Promise<void> {
  // Whatever is wrong with WorkOS, the run itself says it better.
  await workosUsers.list(undefined, AbortSignal.timeout(5_000)).catch(() => {});
}
