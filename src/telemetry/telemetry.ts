import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRIC_NAMESPACE } from './metric-namespace.ts';

/** Structured log lines. Fields are ids, codes and names of resources: never a user's email or name. */
export interface Log {
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** The names of the counts, all in the namespace of metric-namespace.ts. */
export type CountMetric =
  | 'ObservationPublished'
  | 'ObservationIgnored'
  | 'PublicationLost'
  | 'OutcomeCreated'
  | 'OutcomeLinked'
  | 'OutcomeUpdated'
  | 'OutcomeUnchanged'
  | 'OutcomeStale'
  | 'OutcomeSkipped'
  | 'OutcomeConflict'
  | 'OutcomeRejected'
  | 'OutcomeDeleted'
  | 'DeletionHeldBack'
  | 'DisabledButActive'
  | 'MessageHandedBack'
  | 'ObservationSuperseded'
  | 'LedgerHit'
  | 'LedgerUnavailable'
  | 'UnexpectedError'
  | 'MessageDeadLettered'
  | 'WorkosReads'
  | 'WorkosWrites'
  | 'WorkosRateLimited'
  | 'TriggersAttached'
  | 'TriggersDetached'
  | 'PasswordCarried'
  | 'PasswordCarriedFirst'
  | 'PasswordMalformed'
  | 'PasswordTooLong'
  | 'PasswordForeignKey'
  | 'PasswordBroken'
  | 'PasswordTooOld'
  | 'PasswordOtherUser'
  | 'PasswordRefused'
  | 'PasswordKeyUnavailable'
  | 'ChainedFunctionFailed'
  | 'PatrolRoundEnded'
  | 'PatrolUsersListed'
  | 'PatrolUsersPublished'
  | 'PatrolPasswordUsers'
  | 'PatrolProblems'
  | 'PatrolRequests'
  | 'PatrolThrottled'
  | 'CanaryArrived'
  | 'CanaryFailed';

/** Where the metrics are counted; each invocation publishes its own. */
export interface Counters {
  /** Adds `by` (default 1) to a count. */
  count(metric: CountMetric, by?: number): void;
  /** The age of an observation when its outcome is known, in milliseconds. */
  observationAge(milliseconds: number): void;
}

/** Powertools' logger and metrics of one function, for its middleware, and what the domain uses of them. */
export type Telemetry = { logger: Logger; metrics: Metrics; log: Log; counters: Counters };

/** @param service the function's name: the `service` of its log lines and the dimension of its metrics. */
export function createTelemetry(service: string): Telemetry {
  const logger = new Logger({ serviceName: service });
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE, serviceName: service });
  const log: Log = {
    info: (message, fields = {}) => logger.info(message, fields),
    warn: (message, fields = {}) => logger.warn(message, fields),
    error: (message, fields = {}) => logger.error(message, fields),
  };
  const counters: Counters = {
    count: (metric, by = 1) => metrics.addMetric(metric, MetricUnit.Count, by),
    observationAge: (ms) => metrics.addMetric('ObservationAge', MetricUnit.Milliseconds, ms),
  };
  return { logger, metrics, log, counters };
}
