import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { triggerEvent } from '../fixtures/factories.ts';
import { type Account, openAccount } from './support/account.ts';
import { createSmsRole, SMS_ROLE } from './support/awkward-settings.ts';
import { deployForeignFunction, type ForeignFunction } from './support/foreign-function.ts';
import { RunFailed } from './support/run.ts';
import { type AwkwardPool, createAwkwardPool, type PoolSettings } from './support/user-pool.ts';

/**
 * The life of one deployment, in the order of the tests: a pool in production, where another team's
 * function already is the Post-Confirmation trigger, gets the service and is rid of it again.
 */

const STAGE = 'prod';
/** Triggers that are not ours to touch. They are never called here, so they need not exist. */
const OTHER_TRIGGERS = {
  PreSignUp: 'arn:aws:lambda:eu-central-1:000000000000:function:members-pre-sign-up',
  CustomMessage: 'arn:aws:lambda:eu-central-1:000000000000:function:members-message',
  PreTokenGeneration: 'arn:aws:lambda:eu-central-1:000000000000:function:members-token',
  PreTokenGenerationConfig: {
    LambdaVersion: 'V2_0' as const,
    LambdaArn: 'arn:aws:lambda:eu-central-1:000000000000:function:members-token',
  },
};
const SOMEBODY_ELSES = 'arn:aws:lambda:eu-central-1:000000000000:function:newcomer';

let account: Account;
let foreign: ForeignFunction;
let pool: AwkwardPool;
let before: PoolSettings;

beforeAll(async () => {
  account = await openAccount(STAGE);
  await createSmsRole(account.clients.iam);
  foreign = await deployForeignFunction(account.clients, 'members-welcome');
  const triggers = { ...OTHER_TRIGGERS, PostConfirmation: foreign.arn };
  pool = await createAwkwardPool(account.clientConfig, triggers);
  before = await pool.settings();
});
afterAll(async () => {
  await account?.close();
  await foreign?.close();
});

const params = (more: Record<string, string> = {}) => ({
  ...account.workosParams,
  userPoolId: pool.id,
  ...more,
});
const chained = () => params({ chainPostConfirmation: foreign.arn, smsRoleArn: SMS_ROLE });
const arnOf = (name: string) =>
  `arn:aws:lambda:eu-central-1:000000000000:function:${account.serverless.functionName(name)}`;

/** @throws RunFailed with everything that was printed. */
async function deploy(parameters: Record<string, string>): Promise<string> {
  const ended = await account.serverless.deploy(parameters);
  if (ended.code !== 0) throw new RunFailed(`deploy\n${account.log()}\n`, ended);
  return ended.stdout + ended.stderr;
}

async function remove(parameters: Record<string, string>): Promise<void> {
  const ended = await account.serverless.remove(parameters);
  if (ended.code !== 0) throw new RunFailed(`remove\n${account.log()}\n`, ended);
}

/** The settings with other triggers in our two places; `undefined` takes one away. */
function withTriggers(settings: PoolSettings, ours: Record<string, string | undefined>) {
  const { LambdaConfig, ...described } = settings.described;
  const merged = Object.entries({ ...LambdaConfig, ...ours });
  const triggers = Object.fromEntries(merged.filter(([, arn]) => arn !== undefined));
  return { ...settings, described: { ...described, LambdaConfig: triggers } };
}

/** The sum of a metric in what an invocation wrote (CloudWatch embedded metric format). */
function metric(log: Record<string, unknown>[], name: string): number | undefined {
  const values = log.flatMap((line) => ('_aws' in line && name in line ? [line[name]] : [])).flat();
  return values.length === 0 ? undefined : values.reduce((sum: number, n) => sum + Number(n), 0);
}

describe('before anybody has been told about the function that is there', () => {
  test('the preflight says which parameter is missing', async () => {
    const args = ['--user-pool-id', pool.id, '--stage', STAGE];
    const ended = await account.command('preflight', args);
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.stdout + ended.stderr).toContain('chainPostConfirmation');
    expect(ended.stdout + ended.stderr).toContain(foreign.arn);
  });

  test('the preflight is content once it is told of the function', async () => {
    const told = ['--stage', STAGE, '--chain-post-confirmation', foreign.arn];
    const args = ['--user-pool-id', pool.id, ...told];
    const ended = await account.command('preflight', args);
    expect(ended.code, ended.stdout + ended.stderr).toBe(0);
  });

  test('a deployment is refused, says why, and has not touched the pool', async () => {
    const touched = await pool.lastModified();
    const ended = await account.serverless.deploy(params());
    const output = ended.stdout + ended.stderr;
    expect(ended.code, output).toBe(1);
    expect(output).toContain(`--param chainPostConfirmation=${foreign.arn}`);
    expect(await pool.settings()).toEqual(before);
    expect(await pool.lastModified()).toEqual(touched);
  });
});

describe('without the permission to give the pool its SMS role back', () => {
  test('a deployment is refused, names the parameter, and has not touched the pool', async () => {
    const ended = await account.serverless.deploy(params({ chainPostConfirmation: foreign.arn }));
    const output = ended.stdout + ended.stderr;
    expect(ended.code, output).toBe(1);
    expect(output).toContain('smsRoleArn');
    expect(await pool.settings()).toEqual(before);
  });
});

describe('deployed in front of that function', () => {
  let output: string;
  beforeAll(async () => {
    output = await deploy(chained());
  });

  test('the deployment succeeds after two that were rolled back', () => {
    expect(output).toContain('Service deployed');
  });

  test('the pool has the two triggers, and every other setting as it was', async () => {
    expect(await pool.settings()).toEqual(
      withTriggers(before, {
        PostConfirmation: arnOf('postConfirmation'),
        PreAuthentication: arnOf('preAuthentication'),
      }),
    );
  });

  test('a confirmed user passes the other function and arrives in WorkOS', async () => {
    foreign.calls.length = 0;
    const event = confirmed({ userName: 'ada' });
    const answer = await account.invoke('postConfirmation', event);
    expect(answer.error).toBeUndefined();
    expect(answer.payload).toEqual({ ...event, response: { welcomedBy: 'another team' } });
    expect(foreign.calls).toEqual([event]);
    await arrival('ada@example.com', {
      first_name: 'Ada',
      external_id: event.request.userAttributes.sub,
    });
  });

  test('a sign-in gets its event back and arrives in WorkOS', async () => {
    foreign.calls.length = 0;
    const event = {
      ...triggerEvent({
        userAttributes: { sub: SUB_OF_GRACE, email: 'grace@example.com', given_name: 'Grace' },
      }),
      userPoolId: pool.id,
    };
    const answer = await account.invoke('preAuthentication', event);
    expect(answer.payload).toEqual(event);
    expect(foreign.calls).toEqual([]);
    await arrival('grace@example.com', { first_name: 'Grace', external_id: SUB_OF_GRACE });
  });

  test('what the other function refuses is refused in its own words', async () => {
    const event = confirmed({ userName: 'mallory' });
    const alone = await account.invoke(foreign.arn, event);
    const throughOurs = await account.invoke('postConfirmation', event);
    expect(alone.error).toMatchObject({ errorMessage: 'Members only: mallory is not invited.' });
    expect(throughOurs.error).toEqual(alone.error);
  });

  test('WorkOS was asked for nothing that it does not document', () => {
    expect(account.workos.control.schemaViolations).toEqual([]);
  });

  test('a second deployment leaves the pool alone', async () => {
    const touched = await pool.lastModified();
    expect(await deploy(chained())).toContain('No changes to deploy');
    expect(await pool.lastModified()).toEqual(touched);
  });

  test('the watch finds both triggers in their places', async () => {
    expect(metric((await account.invoke('triggerWatch', {})).log, 'TriggersDetached')).toBe(0);
    expect(await account.command('triggers', ['--user-pool-id', pool.id])).toMatchObject({
      code: 0,
    });
  });
});

describe('when another tool drops a trigger that it does not know of', () => {
  beforeAll(() =>
    pool.setTriggers({ ...OTHER_TRIGGERS, PreAuthentication: arnOf('preAuthentication') }),
  );

  test('the watch counts it', async () => {
    expect(metric((await account.invoke('triggerWatch', {})).log, 'TriggersDetached')).toBe(1);
  });

  test('npm run triggers shows it', async () => {
    const ended = await account.command('triggers', ['--user-pool-id', pool.id]);
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.stdout).toContain('PostConfirmation');
  });

  test('npm run triggers -- --attach mends it, and nothing else', async () => {
    const args = ['--user-pool-id', pool.id, '--attach'];
    expect(await account.command('triggers', args)).toMatchObject({ code: 0 });
    expect(await pool.settings()).toEqual(
      withTriggers(before, {
        PostConfirmation: arnOf('postConfirmation'),
        PreAuthentication: arnOf('preAuthentication'),
      }),
    );
    expect(metric((await account.invoke('triggerWatch', {})).log, 'TriggersDetached')).toBe(0);
  });
});

describe('when the parameter is left out', () => {
  test('the deployment is refused, says what to write, and nothing has changed', async () => {
    const touched = await pool.lastModified();
    const ended = await account.serverless.deploy(params({ smsRoleArn: SMS_ROLE }));
    const output = ended.stdout + ended.stderr;
    expect(ended.code, output).toBe(1);
    expect(output).toContain(`--param chainPostConfirmation=${foreign.arn}`);
    expect(output).toContain('--param chainPostConfirmation=release');
    expect(await pool.lastModified()).toEqual(touched);
  });

  test('in so many words, the other function has its place back, until it is chained again', async () => {
    await deploy(params({ smsRoleArn: SMS_ROLE, chainPostConfirmation: 'release' }));
    const PreAuthentication = arnOf('preAuthentication');
    expect(await pool.settings()).toEqual(withTriggers(before, { PreAuthentication }));
    await deploy(chained());
    const PostConfirmation = arnOf('postConfirmation');
    expect(await pool.settings()).toEqual(
      withTriggers(before, { PostConfirmation, PreAuthentication }),
    );
  });
});

describe('whoever may invoke the attachment directly', () => {
  test('cannot have another function attached', async () => {
    const touched = await pool.lastModified();
    const FunctionArn = foreign.arn;
    const answer = await account.invoke('triggerAttachment', {
      RequestType: 'Create',
      ResponseURL: 'http://127.0.0.1:1/nowhere',
      StackId: 'stack',
      RequestId: 'request',
      LogicalResourceId: 'TriggerAttachment',
      ResourceProperties: {
        UserPoolId: pool.id,
        Triggers: { PreAuthentication: { FunctionArn, Chained: '' } },
      },
    });
    expect(answer.error).toBeDefined();
    expect(await pool.lastModified()).toEqual(touched);
  });
});

describe('removed', () => {
  test('the pool is as it was, with the other function back in its place', async () => {
    await remove(chained());
    expect(await pool.settings()).toEqual(before);
  });
});

describe('removed after somebody took the place', () => {
  test('theirs stays, ours goes', async () => {
    const withPostAuthentication = { ...chained(), observePostAuthentication: 'true' };
    await deploy(withPostAuthentication);
    expect(await pool.lambdaConfig()).toMatchObject({
      PostConfirmation: arnOf('postConfirmation'),
      PostAuthentication: arnOf('postAuthentication'),
    });
    await pool.setTriggers({ ...(await pool.lambdaConfig()), PostConfirmation: SOMEBODY_ELSES });
    await remove(withPostAuthentication);
    expect(await pool.settings()).toEqual(
      withTriggers(before, { PostConfirmation: SOMEBODY_ELSES }),
    );
  });
});

const SUB_OF_GRACE = 'cccccccc-0000-4000-8000-000000000003';

function confirmed(user: { userName: string }) {
  const event = triggerEvent({ ...user, triggerSource: 'PostConfirmation_ConfirmSignUp' });
  return { ...event, userPoolId: pool.id };
}

/** Through the queue, its event source and the deployed consumer. */
async function arrival(email: string, expected: Record<string, unknown>): Promise<void> {
  const found = () => account.workos.control.userByEmail(email);
  await vi.waitFor(() => expect(found(), account.log()).toMatchObject(expected), {
    timeout: 30_000,
    interval: 100,
  });
}
