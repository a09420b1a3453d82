/** What a metric is told apart by (CloudWatch user guide, concepts): here each has one dimension. */
export type MetricName = { namespace: string; name: string; dimension: string; value: string };

/** `at`: milliseconds since the epoch. */
export type MetricPoint = { at: number; value: number };

/** Where the points of a metric come from; none of what is not measured on this machine. */
export type MetricSource = (metric: MetricName) => Promise<readonly MetricPoint[]>;

/** An alarm as the template has it. `period`: seconds. */
export type LocalAlarm = {
  /** What follows `<service>-<stage>-`. */
  ending: string;
  metric: MetricName;
  statistic: string;
  period: number;
  threshold: number;
};

/** The CloudWatch of the local run. */
export type LocalCloudWatch = { metrics: MetricSource; alarms: readonly LocalAlarm[] };
