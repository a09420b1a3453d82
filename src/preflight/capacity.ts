import type { UserPoolType } from '@aws-sdk/client-cognito-identity-provider';
import { GetAccountSettingsCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import {
  ask,
  type Fact,
  failureToFinding,
  type PreflightCheck,
  type PreflightFinding,
} from './check.ts';
import { withPool } from './pool.ts';

/** Each sign-in is a trigger for some tens of milliseconds; the consumers take four. */
const COMFORTABLE = 100;
/** What a new account has (Lambda developer guide, quotas). */
const LEAST = 10;

/** A trigger that gets no room to run is an error at sign-in. */
export function checkConcurrency(lambda: LambdaClient): PreflightCheck {
  return {
    name: 'lambda-concurrency',
    async run() {
      const command = new GetAccountSettingsCommand({});
      const fact = await ask((abortSignal) => lambda.send(command, { abortSignal }));
      if (!fact.known) return failureToFinding(fact.failure, 'lambda:GetAccountSettings');
      const { UnreservedConcurrentExecutions: free, ConcurrentExecutions: all } =
        fact.value.AccountLimit ?? {};
      return judge(free ?? all);
    },
  };
}

function judge(room: number | undefined): PreflightFinding {
  if (room === undefined) return { status: 'unknown', detail: 'AWS did not say' };
  const detail = `${room} functions at a time, for the whole account in this region`;
  if (room >= COMFORTABLE) return { status: 'ok', detail };
  return {
    status: room < LEAST ? 'fail' : 'warn',
    detail,
    todo: 'ask for more in Service Quotas (Lambda, Concurrent executions): a sign-in whose trigger finds no room fails',
  };
}

/** Users a second: npx cws seed's default rate; WorkOS allows 50 writes (docs/facts.md#workos-rate-limits). */
const SEED_RATE = 40;

export function estimateSeed(pool: Promise<Fact<UserPoolType>>): PreflightCheck {
  return {
    name: 'seed',
    run: () =>
      withPool(pool, ({ EstimatedNumberOfUsers: users = 0 }) => ({
        status: 'ok',
        detail: `the first seed takes about ${duration(users / SEED_RATE)} at ${SEED_RATE} of the 50 writes a second that WorkOS allows`,
      })),
  };
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} seconds`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} minutes`;
  return `${(seconds / 3_600).toFixed(1)} hours`;
}
