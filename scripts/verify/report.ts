import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { toReadiness } from '../../src/readiness/comparison-to-facts.ts';
import type { MfaReadiness, Readiness } from '../../src/readiness/facts.ts';
import { askAboutMfa } from '../../src/readiness/mfa.ts';
import { describePool } from '../../src/readiness/pool-facts.ts';
import type { Comparison } from '../../src/verify/comparison.ts';

type ReadinessOptions = {
  userPoolId: string;
  from?: string;
  /** The page is written: only it shows how many have MFA, which is asked about user by user. */
  isPage: boolean;
  /** Users who are asked about their MFA, at most. */
  mfaLimit: number;
  inSync: boolean;
  complete: boolean;
  comparison: Comparison;
  queues: Readiness['queues'];
  client: () => CognitoIdentityProviderClient;
  /** The host. */
  workos: string;
  stop: AbortSignal;
  onMfa: (users: number) => void;
};

/** Finds out what else a cutover depends on. Exported files alone need no request to Cognito. */
export async function findReadiness(options: ReadinessOptions): Promise<Readiness> {
  const { comparison, client, userPoolId, stop, complete, inSync, workos } = options;
  const isAsked = complete && (options.from === undefined || options.isPage);
  const why = complete ? 'run it without --from to look at the pool itself' : 'stopped';
  const pool = isAsked
    ? await describePool(client(), userPoolId, stop)
    : ({ known: false, why } as const);
  const facts = pool.known ? pool.value : undefined;
  return toReadiness(comparison, {
    generatedAt: new Date().toISOString(),
    userPoolId,
    userPoolName: facts?.name,
    workos,
    inSync,
    complete,
    queues: options.queues,
    triggers: pool.known ? { known: true, value: pool.value.triggers } : pool,
    mfa: await findMfa(options, facts?.mfa),
  });
}

async function findMfa(
  options: ReadinessOptions,
  setting: MfaReadiness['setting'],
): Promise<MfaReadiness> {
  const { comparison, client, userPoolId, mfaLimit: limit, stop, complete } = options;
  const total = comparison.passwordUserCount();
  if (options.isPage && complete) {
    const users = comparison.passwordUsers(limit);
    const question = { client: client(), userPoolId, setting, users, total, limit, signal: stop };
    return askAboutMfa({ ...question, onProgress: options.onMfa });
  }
  return {
    ...(setting !== undefined && { setting }),
    lookedAt: 0,
    notLookedAt: setting === 'OFF' ? 0 : total,
    why: 'give --html FILE to ask about each user',
    methods: {},
    enrolled: { count: 0, examples: [] },
  };
}
