import type { QueueDepth } from '../aws/queue-depth.ts';
import type { LastRun, RunName } from '../ledger/last-run.ts';
import type { PatrolState } from '../patrol/patrol-state.ts';
import type { PoolTriggers } from '../user-pool-triggers/trigger-holder.ts';
import type { TriggerState } from '../user-pool-triggers/watched-triggers.ts';

/**
 * What a service has told, or why it has not, in one line that says what to allow or to give.
 *
 * - `at`: when it was told, ISO 8601 in UTC.
 */
export type Told<T> = { known: true; value: T; at: string } | { known: false; why: string };

/** The deployed stack. `version`: of the package that deployed it; absent in a stack that does not say it. */
export type StackFact = {
  name: string;
  /** As CloudFormation names it: UPDATE_COMPLETE… */
  status: string;
  version?: string;
  /** The pool that it observes. */
  userPoolId?: string;
  /** ISO 8601. */
  createdAt: string;
  updatedAt: string;
  /** The schedule of the patrol, or `off`; absent in a stack that has none. */
  patrol?: string;
  outputs: Record<string, string>;
};

/** `users`: Cognito's estimate. */
export type PoolFact = { name?: string; users?: number; triggers: PoolTriggers };

/** The stage's alarms. `name`: what follows `<service>-<stage>-`; `since`: when it was raised, ISO 8601. */
export type AlarmFact = { total: number; raised: { name: string; since?: string }[] };

/**
 * Numbers of CloudWatch, which has them a minute or two late. Those of the project's own metrics are of all stages
 * of the account and region, because the metrics carry no stage.
 */
export type MetricFact = {
  /** Seconds, and when CloudWatch measured it; absent where it has no value of the last quarter of an hour. */
  oldestMessage?: { seconds: number; at: string };
  oldestDeadLetter?: { seconds: number; at: string };
  /** From a sign-in to its outcome, of the last hour, in milliseconds; absent where there was none. */
  lagP99Ms?: number;
  /** Sign-ups, sign-ins and changes of the last 24 hours that were queued. */
  observedLastDay: number;
  /** Since the last verify. Absent where none is known. */
  sinceVerify?: SinceVerify;
};

/** Counts since a moment, about: the metrics have one value a minute, after weeks one an hour. */
export type SinceVerify = {
  since: string;
  /** Users who were not queued in time. */
  lost: number;
  conflicts: number;
  deadLettered: number;
  /** Passwords of users who had none carried before. */
  passwordsCarried: number;
};

/** Everything that one look has found out about a migration. */
export type StatusFacts = {
  /** By AWS's clock, ISO 8601 in UTC. */
  lookedAt: string;
  userPoolId: string;
  /** The version of this package. */
  version: string;
  region: string;
  /** Undefined: no deployment observes the pool. */
  stage: Told<string | undefined>;
  account: Told<string>;
  /** Undefined: there is no such pool in this account and region. */
  pool: Told<PoolFact | undefined>;
  /** Undefined: there is no such stack. */
  stack: Told<StackFact | undefined>;
  /** Undefined: no deployment observes the pool. */
  triggers: Told<TriggerState[] | undefined>;
  queue: Told<QueueDepth>;
  deadLetters: Told<QueueDepth>;
  alarms: Told<AlarmFact>;
  metrics: Told<MetricFact>;
  patrol: Told<PatrolState>;
  lastRuns: Record<RunName, Told<LastRun | undefined>>;
};
