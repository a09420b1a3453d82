import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { parseDocument } from 'yaml';
import { METRIC_NAMESPACE } from '../../../src/telemetry/metric-namespace.ts';
import type { LocalAlarm } from './types.ts';

const alarmSchema = v.object({
  AlarmName: v.string(),
  Namespace: v.picklist([METRIC_NAMESPACE, 'AWS/SQS']),
  MetricName: v.string(),
  Dimensions: v.tuple([v.object({ Name: v.string(), Value: v.string() })]),
  Statistic: v.string(),
  Period: v.number(),
  EvaluationPeriods: v.literal(1),
  ComparisonOperator: v.literal('GreaterThanThreshold'),
  Threshold: v.number(),
});
const fileSchema = v.object({
  Resources: v.record(v.string(), v.object({ Properties: v.unknown() })),
});

/**
 * The alarms of serverless/alarms.yml that this machine can judge: those of the project's own metrics and of the two
 * queues. Left out are those of Lambda's metrics, of functions that do not run here, and those that wait for
 * several periods.
 *
 * @param names of what the template refers to: `SyncQueue.QueueName`…
 * @param services of the functions that run here.
 */
export async function readTemplateAlarms(
  file: URL,
  { names, services }: { names: Record<string, string>; services: ReadonlySet<string> },
): Promise<LocalAlarm[]> {
  // Without schemas of CloudFormation's tags, `!GetAtt SyncQueue.QueueName` is the text behind it.
  const document = parseDocument(await readFile(file, 'utf8'), { logLevel: 'silent', merge: true });
  const { Resources } = v.parse(fileSchema, document.toJS());
  return Object.values(Resources).flatMap(({ Properties }) => {
    const parsed = v.safeParse(alarmSchema, Properties);
    if (!parsed.success) return [];
    const { AlarmName, Namespace, MetricName, Dimensions, ...rest } = parsed.output;
    const [{ Name: dimension, Value }] = Dimensions;
    const value = Namespace === METRIC_NAMESPACE ? Value : names[Value];
    if (value === undefined || (dimension === 'service' && !services.has(value))) return [];
    return [
      {
        ending: AlarmName.replace(/^\$\{self:service\}-\$\{sls:stage\}-/, ''),
        metric: { namespace: Namespace, name: MetricName, dimension, value },
        statistic: rest.Statistic,
        period: rest.Period,
        threshold: rest.Threshold,
      },
    ];
  });
}
