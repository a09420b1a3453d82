import { readStageFile } from '../src/stage/stage-file.ts';

/**
 * What `config/<stage>.yml` says, for serverless.yml: `${file(serverless/stage.js):settings.<name>, <default>}`.
 * A file that is wrong says nothing here: serverless/check-settings.js refuses the deployment with a message of
 * its own, which a variable would hide behind a stack trace.
 */
export async function settings({ resolveVariable }) {
  try {
    const file = readStageFile(await resolveVariable('sls:stage'), process.cwd());
    return { ...file?.settings };
  } catch {
    return {};
  }
}
