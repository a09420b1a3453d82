import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectResult, withPlainLists } from '../fixtures/result-schema.ts';
import { type CommandSetting, startCommandSetting } from '../rigs/command-run.ts';
import { type LambdaApi, startLambdaApi } from '../stand-ins/lambda-api.ts';
import { AWKWARD_SETTINGS } from '../stand-ins/strict-cognito.ts';

const FUNCTION = 'arn:aws:lambda:eu-central-1:111122223333:function:';
const THEIRS = `${FUNCTION}welcome-mail`;
const ours = (name: string, stage = 'dev') => `${FUNCTION}cognito-workos-sync-${stage}-${name}`;
const BOTH = {
  PostConfirmation: ours('postConfirmation'),
  PreAuthentication: ours('preAuthentication'),
};

let setting: CommandSetting;
let lambda: LambdaApi;

beforeAll(async () => {
  setting = await startCommandSetting();
  lambda = await startLambdaApi();
});
afterAll(async () => {
  await setting.close();
  await lambda.close();
});
beforeEach(() => {
  lambda.functions = [
    { FunctionName: 'unrelated', FunctionArn: `${FUNCTION}unrelated` },
    deployed('dev', setting.cognito.userPoolId, { chained: THEIRS }),
    deployed('old', 'eu-central-1_AnotherOne'),
  ];
  lambda.tags = {};
  lambda.denied = false;
  setting.cognito.control.pool.settings = structuredClone(AWKWARD_SETTINGS);
  setting.cognito.control.requests.length = 0;
  setting.cognito.control.denied.clear();
});

function deployed(stage: string, userPoolId: string, { chained = '' } = {}) {
  return {
    FunctionName: `cognito-workos-sync-${stage}-triggerWatch`,
    FunctionArn: ours('triggerWatch', stage),
    Environment: {
      Variables: {
        SYNC_USER_POOL_ID: userPoolId,
        SYNC_POST_CONFIRMATION_FUNCTION_ARN: ours('postConfirmation', stage),
        SYNC_POST_CONFIRMATION_CHAINED_ARN: chained,
        SYNC_PRE_AUTHENTICATION_FUNCTION_ARN: ours('preAuthentication', stage),
        SYNC_PRE_AUTHENTICATION_CHAINED_ARN: '',
        SYNC_POST_AUTHENTICATION_FUNCTION_ARN: '',
      },
    },
  };
}

const pool = () => setting.cognito.control.pool;
const triggers = () => pool().settings.LambdaConfig as Record<string, unknown>;
const occupy = (changes: Record<string, string>) => {
  pool().settings = { ...pool().settings, LambdaConfig: { ...triggers(), ...changes } };
};
const writes = () => setting.cognito.control.requests.filter(({ action }) => /^Up/.test(action));

async function run(...args: string[]) {
  const ended = await setting.run(
    'triggers',
    ['--user-pool-id', setting.cognito.userPoolId, ...args],
    { AWS_ENDPOINT_URL_LAMBDA: lambda.endpoint },
  );
  if (!args.includes('--json') || !ended.stdout) return { ...ended, json: undefined };
  const { command, version, exit, ...json } = expectResult('triggers', ended);
  return { ...ended, json: withPlainLists(json) };
}

describe('triggers', () => {
  it('exits with 0, and shows what each trigger calls, when both are attached', async () => {
    occupy(BOTH);
    const { code, json } = await run('--json');
    expect(code).toBe(0);
    expect(json).toEqual({
      userPoolId: setting.cognito.userPoolId,
      stage: 'dev',
      attached: true,
      triggers: [
        {
          trigger: 'PostConfirmation',
          attached: true,
          wanted: BOTH.PostConfirmation,
          actual: BOTH.PostConfirmation,
          chained: THEIRS,
        },
        {
          trigger: 'PreAuthentication',
          attached: true,
          wanted: BOTH.PreAuthentication,
          actual: BOTH.PreAuthentication,
        },
      ],
    });
    expect((await run()).stdout).toContain(`calls our function, which calls ${THEIRS}`);
  });

  it('exits with 1, shows what a lost trigger calls, and changes nothing', async () => {
    occupy({ PreAuthentication: THEIRS });
    const { code, stdout } = await run();
    expect(code).toBe(1);
    expect(stdout).toMatch(/PostConfirmation +calls no function/);
    expect(stdout).toMatch(new RegExp(`PreAuthentication +calls ${THEIRS}`));
    // To be pasted as it is.
    expect(stdout).toMatch(/npx cws triggers --user-pool-id \S+_\w+ --stage \S+ --attach/);
    expect(writes()).toEqual([]);
  });

  it('attaches again what was lost', async () => {
    const { code, json } = await run('--attach', '--json');
    expect(code).toBe(0);
    expect(json.attached).toBe(true);
    expect(triggers()).toEqual({ ...(AWKWARD_SETTINGS.LambdaConfig as object), ...BOTH });
  });

  it('attaches again where the chained function has its old place', async () => {
    occupy({ PostConfirmation: THEIRS });
    expect((await run('--attach')).code).toBe(0);
    expect(triggers()).toMatchObject(BOTH);
    expect((await run('--attach')).stderr).toContain('Nothing had to be changed');
    expect(writes()).toHaveLength(1);
  });

  it('refuses --attach when a function that is not chained is attached', async () => {
    occupy({ PreAuthentication: THEIRS });
    const { code, stderr } = await run('--attach');
    expect(code).toBe(2);
    expect(stderr).toContain(`--param chainPreAuthentication=${THEIRS}`);
    expect(stderr.split('\n').filter((line) => line.startsWith('error:'))).toHaveLength(1);
    expect(writes()).toEqual([]);
  });

  it('refuses --attach of functions that are not the triggers of the stage', async () => {
    for (const foreign of [THEIRS, ours('consumer'), ours('preAuthentication', 'prod')]) {
      const dev = deployed('dev', setting.cognito.userPoolId);
      dev.Environment.Variables.SYNC_PRE_AUTHENTICATION_FUNCTION_ARN = foreign;
      lambda.functions = [dev];
      const { code, stderr } = await run('--attach');
      expect(code).toBe(2);
      expect(stderr).toContain(`${foreign} for PreAuthentication`);
    }
    expect(writes()).toEqual([]);
  });

  it('leaves a trigger alone that its owner has released', async () => {
    lambda.functions = [deployed('dev', setting.cognito.userPoolId, { chained: 'release' })];
    occupy({ PostConfirmation: THEIRS });
    const { code, json } = await run('--attach', '--json');
    expect(code).toBe(0);
    expect(json.triggers).toEqual([expect.objectContaining({ trigger: 'PreAuthentication' })]);
    expect(triggers()).toMatchObject({ ...BOTH, PostConfirmation: THEIRS });
  });

  it('refuses --attach when a function was chained and the parameter for it is gone', async () => {
    lambda.functions = [deployed('dev', setting.cognito.userPoolId)];
    lambda.tags[ours('triggerAttachment')] = {
      'cognito-workos-sync:chained-PostConfirmation': THEIRS,
    };
    const { code, stderr } = await run('--attach');
    expect(code).toBe(2);
    expect(stderr).toContain('--param chainPostConfirmation=release');
    expect(writes()).toEqual([]);
  });

  it('restores every former function with --detach, and leaves alone what is not ours', async () => {
    occupy({ PostConfirmation: BOTH.PostConfirmation, PreAuthentication: THEIRS });
    const { code } = await run('--detach');
    expect(code).toBe(0);
    expect(triggers()).toMatchObject({ PostConfirmation: THEIRS, PreAuthentication: THEIRS });
  });

  it('asks for --stage when two deployments observe the pool', async () => {
    lambda.functions.push(deployed('prod', setting.cognito.userPoolId));
    const { code, stderr } = await run('--attach');
    expect(code).toBe(2);
    expect(stderr).toMatch(/--stage \(dev, prod\)/);
    occupy({ PostConfirmation: ours('postConfirmation', 'prod') });
    const { json } = await run('--stage', 'prod', '--json');
    expect(json.triggers[0]).toMatchObject({ attached: true });
    expect((await run('--stage', 'test')).stderr).toContain('no deployment of the stage test');
  });

  it('exits with 1, and shows the triggers, when no deployment observes the pool', async () => {
    lambda.functions = [];
    occupy({ PreAuthentication: THEIRS });
    const { code, json } = await run('--json');
    expect(code).toBe(1);
    expect(json).toMatchObject({ stage: null, attached: false });
    expect(json.triggers).toContainEqual({
      trigger: 'PreAuthentication',
      attached: false,
      actual: THEIRS,
    });
    expect((await run('--attach')).stderr).toContain('serverless deploy first');
  });

  it('exits with 2 for a denied action, contradicting options and a malformed pool id', async () => {
    const lines = async (ended: Promise<{ code: number | null; stderr: string }>) => {
      const { code, stderr } = await ended;
      return [code, stderr.trim().split('\n').length, stderr] as const;
    };
    setting.cognito.control.denied.add('DescribeUserPool');
    expect(await lines(run())).toEqual([2, 1, expect.stringContaining('DescribeUserPool')]);
    lambda.denied = true;
    expect(await lines(run())).toEqual([2, 1, expect.stringContaining('not authorized')]);
    expect((await run('--attach', '--detach')).code).toBe(2);
    const elsewhere = setting.run('triggers', ['--user-pool-id', 'nonsense']);
    expect((await elsewhere).code).toBe(2);
  });
});
