import { readStageFile } from '../src/stage/stage-file.ts';

/**
 * What `config/<stage>.yml` says, for serverless.yml: `${file(serverless/stage.js):settings.<name>, <default>}`.
 * A file that is wrong says nothing here: serverless/check-settings.js refuses the deployment with a message of
 * its own, which a variable would hide behind a stack trace.
 */
export async function settings({ options, resolveVariable }) {
  const given = readFile(await resolveVariable('sls:stage'));
  const userPoolId = parameterOf(options, 'userPoolId') ?? given.userPoolId;
  // The id of a pool begins with its region, so that the stack is deployed beside the pool by itself.
  return { ...given, region: given.region ?? /^(.+)_/.exec(userPoolId ?? '')?.[1] };
}

/** The key of serverless/canary.yml: a schedule stands for `scheduled`. */
export async function canary({ resolveVariable }) {
  return (await resolveVariable('param:canary')) === 'off' ? 'off' : 'scheduled';
}

function readFile(stage) {
  try {
    return readStageFile(stage, process.cwd())?.settings ?? {};
  } catch {
    return {};
  }
}

/** @param options as the framework parsed them: without any `--param`, `param` is null. */
function parameterOf({ param }, name) {
  return param?.find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1);
}
