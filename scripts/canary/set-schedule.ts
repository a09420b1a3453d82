import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeStageFile } from '../../src/init/write-stage-file.ts';
import { changeSetting } from '../../src/stage/change-setting.ts';
import { refuseEarlyCanaryAlarm } from '../../src/stage/early-alarm.ts';
import { readStageFile, stageFilePath } from '../../src/stage/stage-file.ts';
import { stageDirectory } from '../shared/apply-settings.ts';

/** As in serverless.yml. */
const DEFAULT_ALARM_MINUTES = '20';

/**
 * Writes the schedule of the canary into the file of the stage.
 *
 * @param schedule of EventBridge; `off` takes the setting out, because it is the default.
 * @returns the file's path.
 * @throws EarlyAlarmError where the deployment would refuse it.
 */
export async function setSchedule(stage: string, schedule: string): Promise<string> {
  const directory = stageDirectory(stage);
  const text = await readFile(join(directory, stageFilePath(stage)), 'utf8');
  const { canaryAlarmMinutes = DEFAULT_ALARM_MINUTES } =
    readStageFile(stage, directory)?.settings ?? {};
  refuseEarlyCanaryAlarm({ canary: schedule, canaryAlarmMinutes });
  const changed = changeSetting(text, 'canary', schedule === 'off' ? undefined : schedule);
  return writeStageFile(directory, stage, changed);
}
