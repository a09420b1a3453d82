import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { OperatorError } from '../../operator-error.ts';
import { METRIC_NAMESPACE } from '../../telemetry/metric-namespace.ts';
import type { CountMetric } from '../../telemetry/telemetry.ts';
import type { MetricFact } from '../facts.ts';

/** Every service that publishes observations (docs/operations.md#metrics). */
const PUBLISHERS = [
  'post-confirmation',
  'pre-authentication',
  'post-authentication',
  'carry-password',
  'pool-change',
];
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** CloudWatch says that its answer is not whole. */
class PartialMetricsError extends OperatorError {
  override name = 'PartialMetricsError';
}

/** What is asked for: the queues by their names, and since when the counts of the last verify run. */
export type MetricQuestion = {
  queueName: string;
  deadLetterQueueName: string;
  /** ISO 8601. */
  verifiedAt?: string;
  now: Date;
};

/** Asks for all numbers in one request. Needs cloudwatch:GetMetricData. */
export async function readMetrics(
  client: Pick<CloudWatchClient, 'send'>,
  question: MetricQuestion,
  abortSignal: AbortSignal,
): Promise<MetricFact> {
  const { verifiedAt, now } = question;
  const ago = (ms: number) => new Date(now.getTime() - ms);
  const ask = (StartTime: Date, queries: MetricDataQuery[]) =>
    getMetricData(client, { StartTime, EndTime: now, queries }, abortSignal);
  const [recent, day, since] = await Promise.all([
    ask(ago(15 * MINUTE), [
      queueAge('queue', question.queueName),
      queueAge('deadletters', question.deadLetterQueueName),
    ]),
    ask(ago(DAY), [
      ...PUBLISHERS.map((service) => sum('ObservationPublished', service, 3600)),
      stat('ObservationAge', 'consumer', { Stat: 'p99', Period: 3600 }),
    ]),
    verifiedAt === undefined
      ? undefined
      : ask(new Date(verifiedAt), sinceVerify(now.getTime() - Date.parse(verifiedAt))),
  ]);
  const oldestMessage = newest(recent, 'queue');
  const oldestDeadLetter = newest(recent, 'deadletters');
  const lag = newest(day, idOf('ObservationAge', 'consumer'));
  return {
    ...(oldestMessage && { oldestMessage: toAge(oldestMessage) }),
    ...(oldestDeadLetter && { oldestDeadLetter: toAge(oldestDeadLetter) }),
    ...(lag && lag.at >= ago(2 * 60 * MINUTE) && { lagP99Ms: lag.value }),
    observedLastDay: total(day, 'ObservationPublished'),
    ...(since &&
      verifiedAt !== undefined && {
        sinceVerify: {
          since: verifiedAt,
          lost: total(since, 'PublicationLost'),
          conflicts: total(since, 'OutcomeConflict'),
          deadLettered: total(since, 'MessageDeadLettered'),
          passwordsCarried: total(since, 'PasswordCarriedFirst'),
        },
      }),
  };
}

/** CloudWatch keeps a value a minute for 15 days, one in five minutes for 63 (API reference, GetMetricData). */
function sinceVerify(ms: number): MetricDataQuery[] {
  const period = ms < DAY ? 60 : ms < 14 * DAY ? 300 : 3600;
  return [
    ...PUBLISHERS.map((service) => sum('PublicationLost', service, period)),
    sum('OutcomeConflict', 'consumer', period),
    sum('MessageDeadLettered', 'consumer', period),
    sum('PasswordCarriedFirst', 'consumer', period),
  ];
}

function queueAge(Id: string, queueName: string): MetricDataQuery {
  const Metric = {
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateAgeOfOldestMessage',
    Dimensions: [{ Name: 'QueueName', Value: queueName }],
  };
  return { Id, MetricStat: { Metric, Period: 60, Stat: 'Maximum' } };
}

function sum(metric: CountMetric, service: string, Period: number): MetricDataQuery {
  return stat(metric, service, { Stat: 'Sum', Period });
}

function stat(
  metric: CountMetric | 'ObservationAge',
  service: string,
  how: { Stat: string; Period: number },
): MetricDataQuery {
  const Metric = {
    Namespace: METRIC_NAMESPACE,
    MetricName: metric,
    Dimensions: [{ Name: 'service', Value: service }],
  };
  return { Id: idOf(metric, service), MetricStat: { Metric, ...how } };
}

/** Letters, digits and `_`, beginning with a small letter (API reference, MetricDataQuery). */
function idOf(metric: string, service: string): string {
  return `m_${metric}_${service.replaceAll('-', '_')}`;
}

async function getMetricData(
  client: Pick<CloudWatchClient, 'send'>,
  asked: { StartTime: Date; EndTime: Date; queries: MetricDataQuery[] },
  abortSignal: AbortSignal,
): Promise<MetricDataResult[]> {
  const { queries: MetricDataQueries, ...times } = asked;
  const found: MetricDataResult[] = [];
  let NextToken: string | undefined;
  do {
    const input = { ...times, MetricDataQueries, ...(NextToken !== undefined && { NextToken }) };
    const answer = await client.send(new GetMetricDataCommand(input), { abortSignal });
    found.push(...(answer.MetricDataResults ?? []));
    NextToken = answer.NextToken;
  } while (NextToken !== undefined);
  const missing = MetricDataQueries.filter(({ Id }) => !found.some((each) => each.Id === Id));
  const failed = found.some(
    ({ StatusCode }) => StatusCode === 'InternalError' || StatusCode === 'Forbidden',
  );
  if (missing.length === 0 && !failed) return found;
  throw new PartialMetricsError('CloudWatch has answered cloudwatch:GetMetricData in part only');
}

type Point = { value: number; at: Date };

function newest(results: MetricDataResult[], id: string): Point | undefined {
  const points = results
    .filter(({ Id }) => Id === id)
    .flatMap(({ Timestamps = [], Values = [] }) =>
      Timestamps.map((at, index) => ({ at, value: Values[index] ?? Number.NaN })),
    );
  return points.sort((one, other) => other.at.getTime() - one.at.getTime())[0];
}

function toAge({ value, at }: Point): { seconds: number; at: string } {
  return { seconds: value, at: at.toISOString() };
}

/** Of all services. A metric without a value was not counted. */
function total(results: MetricDataResult[], metric: CountMetric): number {
  return results
    .filter(({ Id = '' }) => Id.startsWith(`m_${metric}_`))
    .flatMap(({ Values = [] }) => Values)
    .reduce((sum, value) => sum + value, 0);
}
