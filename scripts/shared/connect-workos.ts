import { SSMClient } from '@aws-sdk/client-ssm';
import type { ServerClock } from '../../src/aws/server-clock.ts';
import { loadWorkosConfig, type WorkosConfig } from '../../src/config/workos.ts';
import { type ApiKeySource, createApiKeySource } from '../../src/workos/api-key.ts';
import type { RequestCounter } from '../../src/workos/transport.ts';
import { createWorkosUsers } from '../../src/workos/workos-users.ts';
import { regionOf } from './region.ts';

/** WorkOS as the environment variables name it, with a count of the requests sent to it. */
export type WorkosConnection = {
  config: WorkosConfig;
  apiKey: ApiKeySource;
  counter: RequestCounter;
  requests: { reads: number; writes: number; rateLimited: number };
  workosUsers: ReturnType<typeof createWorkosUsers>;
  /** The same WorkOS with another key; its requests are not counted. */
  withKey(key: string): ReturnType<typeof createWorkosUsers>;
};

/**
 * Connects a command to WorkOS.
 *
 * @param clock set by the dates of WorkOS's answers, if given.
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
  const withKey = (key: string) =>
    createWorkosUsers({
      config,
      apiKey: { get: async () => key, renew: () => {} },
      counter: { sent: () => {}, rateLimited: () => {} },
    });
  return { config, apiKey, counter, requests, workosUsers, withKey };
}

/** Sets the clock by an answer of WorkOS, for a run that reads exported files: Cognito is not asked. */
export async function setClock({ workosUsers }: WorkosConnection): Promise<void> {
  // A failure is left to the run itself, which says what is wrong.
  await workosUsers.list(undefined, AbortSignal.timeout(5_000)).catch(() => {});
}
