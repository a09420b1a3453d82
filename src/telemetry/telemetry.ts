import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRIC_NAMESPACE } from './metric-namespace.ts';

/** Structured log lines. Only ids, names of things and codes go in: never an email or a name. */
export interface Log {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** The metrics of the project, all in one namespace (metric-namespace.ts). */
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
  | 'ChainedFunctionFailed';

export interface Counters {
  /** Adds `by` (default 1) to a count. */
  count(metric: CountMetric, by?: number): void;
  /** The age of an observation when its outcome was known, in milliseconds. */
  observationAge(milliseconds: number): void;
}

/** Powertools' logger and metrics for one function, and the narrow views of them the domain uses. */
export type Telemetry = { logger: Logger; metrics: Metrics; log: Log; counters: Counters };

/** @param service the name of the function: the `service` of log lines and the metrics' dimension. */
export function createTelemetry(service: string): Telemetry {
  const logger = new Logger({ serviceName: service });
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE, serviceName: service });
  const log: Log = {
    debug: (message, fields = {}) => logger.debug(message, fields),
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
