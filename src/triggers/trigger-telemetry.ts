import type { Context } from 'aws-lambda';
import { METRIC_NAMESPACE } from '../telemetry/metric-namespace.ts';
import type { Counters, CountMetric, Log } from '../telemetry/telemetry.ts';

/** A trigger's log lines and metrics, written to stdout in the forms that CloudWatch reads. */
export type TriggerTelemetry = {
  log: Log;
  counters: Counters;
  /** Starts an invocation: the log lines that follow carry its ids. */
  begin(context: Partial<Context> | undefined): void;
  /** Writes the counts since the last call; nothing when there are none. */
  publish(): void;
};

const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;
type Level = (typeof LEVELS)[number];

/**
 * Writes the same fields as Powertools does for the other functions: one JSON object a line, and CloudWatch's
 * embedded metric format. The triggers do not load Powertools because a sign-in waits for their cold start:
 * Powertools lengthens that of a bare handler by 7%, and a trigger may lengthen it by 15% at most
 * (npm run bench, cold init).
 *
 * @param service the function's name: the `service` of log lines and the metrics' dimension.
 * @param options.level the lowest level that is written, as `POWERTOOLS_LOG_LEVEL` and
 *   `AWS_LAMBDA_LOG_LEVEL` name it; default INFO.
 * @param options.write default: to stdout.
 */
export function createTriggerTelemetry(
  service: string,
  options: { level?: string | undefined; write?: (line: string) => void } = {},
): TriggerTelemetry {
  const { write = (line) => void process.stdout.write(line) } = options;
  const least = Math.max(0, LEVELS.indexOf(toLevel(options.level)));
  let invocation: Record<string, unknown> = {};
  let isCold = true;
  let counts = new Map<CountMetric | 'ObservationAge', number>();

  const line =
    (level: Level) =>
    (message: string, fields: Record<string, unknown> = {}) => {
      if (LEVELS.indexOf(level) < least) return;
      const timestamp = new Date().toISOString();
      print({ level, message, timestamp, service, ...invocation, ...fields });
    };
  const log: Log = {
    info: line('INFO'),
    warn: line('WARN'),
    error: line('ERROR'),
  };
  const counters: Counters = {
    count: (metric, by = 1) => void counts.set(metric, (counts.get(metric) ?? 0) + by),
    observationAge: (milliseconds) => void counts.set('ObservationAge', milliseconds),
  };
  return { log, counters, begin, publish };

  function begin(context: Partial<Context> | undefined): void {
    invocation = {
      cold_start: isCold,
      function_arn: context?.invokedFunctionArn,
      function_memory_size: context?.memoryLimitInMB,
      function_name: context?.functionName,
      function_request_id: context?.awsRequestId,
    };
    isCold = false;
  }

  /** CloudWatch user guide, "Specification: Embedded metric format". */
  function publish(): void {
    if (counts.size === 0) return;
    const Metrics = [...counts.keys()].map((Name) => ({
      Name,
      Unit: Name === 'ObservationAge' ? 'Milliseconds' : 'Count',
    }));
    const directive = { Namespace: METRIC_NAMESPACE, Dimensions: [['service']], Metrics };
    const _aws = { Timestamp: Date.now(), CloudWatchMetrics: [directive] };
    print({ _aws, service, ...Object.fromEntries(counts) });
    counts = new Map();
  }

  function print(entry: object): void {
    write(`${JSON.stringify(entry)}\n`);
  }
}

function toLevel(text = ''): Level {
  const found = LEVELS.find((level) => level === text.trim().toUpperCase());
  return found ?? 'INFO';
}
