import {
  type CloudWatchClient,
  DescribeAlarmsCommand,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import type { AlarmFact } from '../facts.ts';
import { toOwnAlarms } from '../own-alarms.ts';

/** The alarms of a stack, and those of them that are raised now. Needs cloudwatch:DescribeAlarms. */
export async function readAlarms(
  client: Pick<CloudWatchClient, 'send'>,
  stack: string,
  abortSignal: AbortSignal,
): Promise<AlarmFact> {
  const prefix = `${stack}-`;
  const found = await listAlarms(client, prefix, abortSignal);
  const endingOf = ({ AlarmName = '' }: MetricAlarm) => AlarmName.slice(prefix.length);
  const own = new Set(toOwnAlarms(found.map(endingOf)));
  const alarms = found.filter((alarm) => own.has(endingOf(alarm)));
  const raised = alarms.flatMap((alarm) => {
    if (alarm.StateValue !== 'ALARM') return [];
    const since = alarm.StateUpdatedTimestamp?.toISOString();
    return [{ name: endingOf(alarm), ...(since !== undefined && { since }) }];
  });
  return { total: alarms.length, raised };
}

async function listAlarms(
  client: Pick<CloudWatchClient, 'send'>,
  AlarmNamePrefix: string,
  abortSignal: AbortSignal,
): Promise<MetricAlarm[]> {
  const found: MetricAlarm[] = [];
  let NextToken: string | undefined;
  do {
    const command = new DescribeAlarmsCommand({
      AlarmNamePrefix,
      AlarmTypes: ['MetricAlarm'],
      ...(NextToken !== undefined && { NextToken }),
    });
    const answer = await client.send(command, { abortSignal });
    found.push(...(answer.MetricAlarms ?? []));
    NextToken = answer.NextToken;
  } while (NextToken !== undefined);
  return found;
}
