import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeStageFile } from '../../src/init/write-stage-file.ts';
import { changeSetting } from '../../src/stage/change-setting.ts';
import { stageFilePath } from '../../src/stage/stage-file.ts';
import { stageDirectory } from '../shared/apply-settings.ts';

/**
 * Writes the schedule of the canary into the file of the stage.
 *
 * @param schedule of EventBridge; `off` takes the setting out, because it is the default.
 * @returns the file's path.
 */
export async function setSchedule(stage: string, schedule: string): Promise<string> {
  const directory = stageDirectory(stage);
  const text = await readFile(join(directory, stageFilePath(stage)), 'utf8');
  const changed = changeSetting(text, 'canary', schedule === 'off' ? undefined : schedule);
  return writeStageFile(directory, stage, changed);
}
