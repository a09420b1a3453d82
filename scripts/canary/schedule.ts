import { writeResult } from '../shared/result.ts';
import { CommandError, EXIT } from '../shared/run.ts';
import type { CanaryOptions } from './canary-options.ts';
import { setSchedule } from './set-schedule.ts';

/** `cws canary --every`: has the next deployment run the canary by itself, or no longer. */
export async function scheduleCanary(options: CanaryOptions, schedule: string): Promise<number> {
  const { stage, userPoolId, json } = options;
  if (stage === undefined) {
    throw new CommandError('--every is written into the file of a stage: give --stage');
  }
  const path = await setSchedule(stage, schedule);
  if (json) {
    const head = { command: 'canary', userPoolId, exit: EXIT.done };
    await writeResult(process.stdout, head, { end: 'scheduled', schedule, file: path });
    return EXIT.done;
  }
  const written =
    schedule === 'off' ? `took canary: out of ${path}` : `wrote canary: ${schedule} into ${path}`;
  const next = `npx serverless deploy --stage ${stage}`;
  process.stdout.write(
    `${written}\nIt takes effect with ${next}${schedule === 'off' ? ', which also removes the standing user' : ''}\n`,
  );
  return EXIT.done;
}
