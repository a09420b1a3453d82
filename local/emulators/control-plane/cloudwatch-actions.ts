import * as v from 'valibot';
import { SERVICE } from '../../../src/user-pool-triggers/function-name.ts';
import { toStatistic } from '../cloudwatch/statistics.ts';
import type { LocalAlarm, MetricSource } from '../cloudwatch/types.ts';
import { type Actions, AwsError, type Deployed } from './types.ts';

/** API reference, GetMetricData and MetricDataQuery. Times are seconds since the epoch (AWS JSON protocol). */
const dataSchema = v.strictObject({
  StartTime: v.number(),
  EndTime: v.number(),
  MetricDataQueries: v.pipe(
    v.array(
      v.strictObject({
        Id: v.pipe(v.string(), v.regex(/^[a-z][a-zA-Z0-9_]{0,254}$/)),
        MetricStat: v.strictObject({
          Metric: v.strictObject({
            Namespace: v.string(),
            MetricName: v.string(),
            Dimensions: v.tuple([v.strictObject({ Name: v.string(), Value: v.string() })]),
          }),
          Period: v.pipe(v.number(), v.multipleOf(60), v.minValue(60)),
          Stat: v.pipe(v.string(), v.regex(/^(Sum|Maximum|Minimum|SampleCount|p\d{1,2})$/)),
        }),
      }),
    ),
    v.minLength(1),
    v.maxLength(500),
    v.check((queries) => new Set(queries.map(({ Id }) => Id)).size === queries.length),
  ),
});

const alarmsSchema = v.strictObject({
  AlarmNamePrefix: v.pipe(v.string(), v.minLength(1)),
  AlarmTypes: v.array(v.picklist(['MetricAlarm', 'CompositeAlarm'])),
});

/** CloudWatch API reference, GetMetricData and DescribeAlarms, of what is measured on this machine. */
export function cloudWatchActions({ stage, cloudWatch }: Deployed): Actions {
  if (!cloudWatch) return {};
  const { metrics, alarms } = cloudWatch;
  const since = new Map<string, { state: string; at: number }>();
  return {
    async GetMetricData(input) {
      const { StartTime, EndTime, MetricDataQueries } = parse(dataSchema, input);
      if (StartTime >= EndTime) throw invalid('StartTime has to be before EndTime');
      const between = { from: StartTime * 1000, to: EndTime * 1000 };
      const results = MetricDataQueries.map(async ({ Id, MetricStat }) => {
        const { Metric, Period, Stat } = MetricStat;
        const [{ Name, Value }] = Metric.Dimensions;
        const points = await metrics({
          namespace: Metric.Namespace,
          name: Metric.MetricName,
          dimension: Name,
          value: Value,
        });
        const inside = points.filter(({ at }) => at >= between.from && at <= between.to);
        const periods = Map.groupBy(inside, ({ at }) => at - (at % (Period * 1000)));
        const newestFirst = [...periods].sort(([one], [other]) => other - one);
        return {
          Id,
          Label: Metric.MetricName,
          Timestamps: newestFirst.map(([at]) => at / 1000),
          Values: newestFirst.map(([, each]) => toStatistic(Stat, each) ?? 0),
          StatusCode: 'Complete',
        };
      });
      return { MetricDataResults: await Promise.all(results), Messages: [] };
    },
    async DescribeAlarms(input) {
      const { AlarmNamePrefix } = parse(alarmsSchema, input);
      const named = alarms.map((alarm) => ({
        ...alarm,
        name: `${SERVICE}-${stage}-${alarm.ending}`,
      }));
      const found = named.filter(({ name }) => name.startsWith(AlarmNamePrefix));
      return {
        MetricAlarms: await Promise.all(
          found.map(async (alarm) => {
            const state = await toState(alarm, metrics);
            const before = since.get(alarm.name);
            const changed = before?.state === state ? before : { state, at: Date.now() };
            since.set(alarm.name, changed);
            return {
              AlarmName: alarm.name,
              StateValue: state,
              StateUpdatedTimestamp: changed.at / 1000,
              MetricName: alarm.metric.name,
              Namespace: alarm.metric.namespace,
              Threshold: alarm.threshold,
            };
          }),
        ),
        CompositeAlarms: [],
      };
    },
  };
}

/** Missing data is no breach: every alarm here says TreatMissingData: notBreaching. */
async function toState(alarm: LocalAlarm, metrics: MetricSource): Promise<'ALARM' | 'OK'> {
  const from = Date.now() - alarm.period * 1000;
  const points = (await metrics(alarm.metric)).filter(({ at }) => at >= from);
  if (points.length === 0) return 'OK';
  return (toStatistic(alarm.statistic, points) ?? 0) > alarm.threshold ? 'ALARM' : 'OK';
}

function parse<S extends v.GenericSchema>(schema: S, input: unknown): v.InferOutput<S> {
  const parsed = v.safeParse(schema, input);
  if (parsed.success) return parsed.output;
  throw invalid(parsed.issues.map(({ message }) => message).join(', '));
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', 400, message);
}
