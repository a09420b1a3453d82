import { queueUrlToName } from '../src/aws/queue-name.ts';
import { createLoggedMetrics, type LoggedMetrics } from './emulators/cloudwatch/logged-metrics.ts';
import { readQueueMetric } from './emulators/cloudwatch/queue-metrics.ts';
import { readTemplateAlarms } from './emulators/cloudwatch/template-alarms.ts';
import type { LocalCloudWatch } from './emulators/cloudwatch/types.ts';
import type { LocalQueue } from './emulators/sqs.ts';

const ALARMS = new URL('../serverless/alarms.yml', import.meta.url);
/** The functions that run here, by the `service` of their metrics. */
const SERVICES = new Set([
  'post-confirmation',
  'pre-authentication',
  'post-authentication',
  'consumer',
  'pool-change',
  'patrol',
]);

/**
 * The CloudWatch of the local run: the metrics in the functions' logs, the queues as they are, and the alarms of the
 * template over both.
 *
 * @returns `noteLine` is told each line of a log.
 */
export async function measure(
  queue: LocalQueue,
): Promise<LocalCloudWatch & Pick<LoggedMetrics, 'noteLine'>> {
  const logged = createLoggedMetrics();
  const names = {
    'SyncQueue.QueueName': queueUrlToName(queue.queueUrl),
    'SyncDeadLetterQueue.QueueName': queueUrlToName(queue.deadLetterQueueUrl),
  };
  return {
    noteLine: logged.noteLine,
    metrics: async (metric) =>
      metric.namespace === 'AWS/SQS'
        ? readQueueMetric(queue.endpoint, metric)
        : logged.pointsOf(metric),
    alarms: await readTemplateAlarms(ALARMS, { names, services: SERVICES }),
  };
}
