import type { MetricPoint } from './types.ts';

/** A statistic of CloudWatch over points (user guide, statistics definitions); undefined for one that is not known. */
export function toStatistic(statistic: string, points: readonly MetricPoint[]): number | undefined {
  const values = points.map(({ value }) => value).sort((one, other) => one - other);
  switch (statistic) {
    case 'Sum':
      return values.reduce((sum, value) => sum + value, 0);
    case 'SampleCount':
      return values.length;
    case 'Maximum':
      return values.at(-1);
    case 'Minimum':
      return values[0];
    default: {
      const share = Number(/^p(\d{1,2}(?:\.\d+)?)$/.exec(statistic)?.[1]) / 100;
      return values[Math.ceil(share * values.length) - 1];
    }
  }
}
