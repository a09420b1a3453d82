import * as v from 'valibot';
import type { MetricName, MetricPoint } from './types.ts';

/** Embedded metric format (CloudWatch user guide, EMF specification), as Powertools writes it: one dimension. */
const lineSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.looseObject({
    _aws: v.object({
      Timestamp: v.number(),
      CloudWatchMetrics: v.array(
        v.object({
          Namespace: v.string(),
          Dimensions: v.array(v.array(v.string())),
          Metrics: v.array(v.looseObject({ Name: v.string() })),
        }),
      ),
    }),
  }),
);
const valuesSchema = v.union([v.number(), v.array(v.number())]);

/** The metrics that functions write into their logs, as long as this process lives. */
export type LoggedMetrics = {
  noteLine(line: string): void;
  pointsOf(metric: MetricName): readonly MetricPoint[];
};

export function createLoggedMetrics(): LoggedMetrics {
  const points = new Map<string, MetricPoint[]>();
  return {
    noteLine(line) {
      if (!line.includes('"_aws"')) return;
      const parsed = v.safeParse(lineSchema, line);
      if (!parsed.success) return;
      const { _aws, ...fields } = parsed.output;
      for (const { Namespace, Dimensions, Metrics } of _aws.CloudWatchMetrics) {
        for (const dimension of Dimensions.flat()) {
          for (const { Name } of Metrics) {
            const value = String(fields[dimension]);
            const key = toKey({ namespace: Namespace, name: Name, dimension, value });
            const values = v.parse(valuesSchema, fields[Name]);
            const found = points.get(key) ?? [];
            points.set(key, found);
            for (const each of [values].flat()) found.push({ at: _aws.Timestamp, value: each });
          }
        }
      }
    },
    pointsOf: (metric) => points.get(toKey(metric)) ?? [],
  };
}

function toKey({ namespace, name, dimension, value }: MetricName): string {
  return [namespace, name, dimension, value].join('\n');
}
