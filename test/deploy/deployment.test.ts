import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type PasswordPublicKey, sealPassword } from '../../client/seal-password.js';
import { changeEvent } from '../fixtures/cloudtrail-events.ts';
import { triggerEvent } from '../fixtures/factories.ts';
import { type EmulatedAccount, openAccount } from './support/account.ts';
import { createSmsRole, SMS_ROLE } from './support/awkward-settings.ts';
import { deployForeignFunction, type ForeignFunction } from './support/foreign-function.ts';
import { createIamUser, invokeAs } from './support/iam-user.ts';
import { connectPasswordKey, type PasswordKeyAccess } from './support/password-key.ts';
import { RunFailed } from './support/run.ts';
import { type AwkwardPool, createAwkwardPool, type DescribedPool } from './support/user-pool.ts';

/**
 * The life of one deployment, in the order of the tests, each of which needs the ones before it: a stack is
 * deployed to and removed from a pool whose Post-Confirmation trigger is another team's function.
 */

const STAGE = 'prod';
/** Triggers of other kinds, which a deployment must keep. No test calls them, so they need not exist. */
const OTHER_TRIGGERS = {
  PreSignUp: 'arn:aws:lambda:eu-central-1:000000000000:function:members-pre-sign-up',
  CustomMessage: 'arn:aws:lambda:eu-central-1:000000000000:function:members-message',
  PreTokenGeneration: 'arn:aws:lambda:eu-central-1:000000000000:function:members-token',
  PreTokenGenerationConfig: {
    LambdaVersion: 'V2_0' as const,
    LambdaArn: 'arn:aws:lambda:eu-central-1:000000000000:function:members-token',
  },
};
const REPLACING_FUNCTION = 'arn:aws:lambda:eu-central-1:000000000000:function:newcomer';

let account: EmulatedAccount;
let foreign: ForeignFunction;
let pool: AwkwardPool;
let before: DescribedPool;

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
  observeChanges: 'true',
  canary: 'rate(5 minutes)',
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

/** The settings with these triggers changed; `undefined` removes one. */
function withTriggers(settings: DescribedPool, changed: Record<string, string | undefined>) {
  const { LambdaConfig, ...described } = settings.described;
  const merged = Object.entries({ ...LambdaConfig, ...changed });
  const triggers = Object.fromEntries(merged.filter(([, arn]) => arn !== undefined));
  return { ...settings, described: { ...described, LambdaConfig: triggers } };
}

/** The sum of a metric in an invocation's log (CloudWatch embedded metric format). */
function metric(log: Record<string, unknown>[], name: string): number | undefined {
  const values = log.flatMap((line) => ('_aws' in line && name in line ? [line[name]] : [])).flat();
  return values.length === 0 ? undefined : values.reduce((sum: number, n) => sum + Number(n), 0);
}

describe('a pool whose PostConfirmation trigger is another function, before it is chained', () => {
  test('preflight exits with 1 and names chainPostConfirmation and the function that is attached', async () => {
    const args = ['--user-pool-id', pool.id, '--stage', STAGE];
    const ended = await account.command('preflight', args);
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.stdout + ended.stderr).toContain('chainPostConfirmation');
    expect(ended.stdout + ended.stderr).toContain(foreign.arn);
  });

  test('preflight exits with 0 when --chain-post-confirmation names the attached function', async () => {
    const stageAndChain = ['--stage', STAGE, '--chain-post-confirmation', foreign.arn];
    const args = ['--user-pool-id', pool.id, ...stageAndChain];
    const ended = await account.command('preflight', args);
    expect(ended.code, ended.stdout + ended.stderr).toBe(0);
  });

  test('a deployment without chainPostConfirmation fails, prints the parameter to add and does not update the pool', async () => {
    const touched = await pool.lastModified();
    const ended = await account.serverless.deploy(params());
    const output = ended.stdout + ended.stderr;
    expect(ended.code, output).toBe(1);
    expect(output).toContain(`--param chainPostConfirmation=${foreign.arn}`);
    expect(await pool.settings()).toEqual(before);
    expect(await pool.lastModified()).toEqual(touched);
  });
});

describe('a pool with an SMS role', () => {
  test('a deployment without smsRoleArn fails, names the parameter and leaves every setting of the pool', async () => {
    const ended = await account.serverless.deploy(params({ chainPostConfirmation: foreign.arn }));
    const output = ended.stdout + ended.stderr;
    expect(ended.code, output).toBe(1);
    expect(output).toContain('smsRoleArn');
    expect(await pool.settings()).toEqual(before);
  });
});

describe('the stack deployed with the other function chained', () => {
  let output: string;
  beforeAll(async () => {
    output = await deploy(chained());
  });

  test('the deployment succeeds after two deployments that were rolled back', () => {
    expect(output).toContain('Service deployed');
  });

  test('the deployment attaches its two triggers and leaves every other setting of the pool', async () => {
    expect(await pool.settings()).toEqual(
      withTriggers(before, {
        PostConfirmation: arnOf('postConfirmation'),
        PreAuthentication: arnOf('preAuthentication'),
      }),
    );
  });

  test('a confirmed sign-up calls the chained function, returns its answer and creates the user in WorkOS', async () => {
    foreign.calls.length = 0;
    const event = confirmed({ userName: 'ada' });
    const answer = await account.invoke('postConfirmation', event);
    expect(answer.error).toBeUndefined();
    expect(answer.payload).toEqual({ ...event, response: { welcomedBy: 'another team' } });
    expect(foreign.calls).toEqual([event]);
    await untilInWorkos('ada@example.com', {
      first_name: 'Ada',
      external_id: event.request.userAttributes.sub,
    });
  });

  test('a sign-in returns its event unchanged and creates the user in WorkOS', async () => {
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
    await untilInWorkos('grace@example.com', { first_name: 'Grace', external_id: SUB_OF_GRACE });
  });

  test('a user whom the chained function refuses gets the error of the chained function', async () => {
    const event = confirmed({ userName: 'mallory' });
    const alone = await account.invoke(foreign.arn, event);
    const throughOurs = await account.invoke('postConfirmation', event);
    expect(alone.error).toMatchObject({ errorMessage: 'Members only: mallory is not invited.' });
    expect(throughOurs.error).toEqual(alone.error);
  });

  test('an event of CloudTrail about a user whom an administrator made creates the user in WorkOS', async () => {
    const sub = await pool.addUser('katherine@example.com', { given_name: 'Katherine' });
    const { detail } = changeEvent({ eventName: 'AdminCreateUser', sub, userPoolId: pool.id });
    const put = await account.eventBridge('AWSEvents.PutEvents', {
      Entries: [
        {
          Source: 'aws.cognito-idp',
          DetailType: 'AWS API Call via CloudTrail',
          Detail: JSON.stringify(detail),
        },
      ],
    });
    expect(put).toMatchObject({ FailedEntryCount: 0 });
    await untilInWorkos('katherine@example.com', { first_name: 'Katherine', external_id: sub });
  });

  test('an execution of the patrol, as its schedule starts it, creates a user who never signs in in WorkOS, and succeeds', async () => {
    const sub = await pool.addUser('hedy@example.com', { given_name: 'Hedy' });
    const machine = `cognito-workos-sync-${STAGE}-patrol`;
    const { executionArn } = await account.stepFunctions('AWSStepFunctions.StartExecution', {
      stateMachineArn: `arn:aws:states:eu-central-1:000000000000:stateMachine:${machine}`,
      input: '{}',
    });
    await untilInWorkos('hedy@example.com', { first_name: 'Hedy', external_id: sub });
    await vi.waitFor(
      async () => {
        const execution = await account.stepFunctions('AWSStepFunctions.DescribeExecution', {
          executionArn,
        });
        expect(execution, account.log()).toMatchObject({ status: 'SUCCEEDED' });
      },
      { timeout: 60_000, interval: 500 },
    );
  });

  test('a run of the canary, as its schedule starts it, signs its standing user in, and WorkOS shows its new name', async () => {
    for (const run of ['first', 'second']) {
      const { payload, error, log } = await account.invoke('canary', {});
      expect(error, `${run} run ${account.log()}`).toBeUndefined();
      expect(payload, `${run} run ${account.log()}`).toMatchObject({ result: 'arrived' });
      expect(metric(log, 'CanaryArrived')).toBe(1);
    }
    const users = await pool.emails();
    const standing = users.filter((email) => email.includes('+cws-canary-standing-'));
    expect(standing).toHaveLength(1);
    expect(account.workos.control.userByEmail(standing[0] ?? '')).toMatchObject({
      first_name: expect.stringMatching(/^Canary-/),
    });
    expect(await pool.appClients()).toEqual(['cws-canary-standing']);
  });

  test('the consumer sends WorkOS only requests that match the OpenAPI specification', () => {
    expect(account.workos.control.schemaViolations).toEqual([]);
  });

  test('a second deployment without a change does not update the pool', async () => {
    const touched = await pool.lastModified();
    expect(await deploy(chained())).toContain('No changes to deploy');
    expect(await pool.lastModified()).toEqual(touched);
  });

  test('the trigger watch counts 0 detached triggers and npx cws triggers exits with 0 after a deployment', async () => {
    expect(metric((await account.invoke('triggerWatch', {})).log, 'TriggersDetached')).toBe(0);
    expect(await account.command('triggers', ['--user-pool-id', pool.id])).toMatchObject({
      code: 0,
    });
  });
});

describe('a trigger that another tool has detached', () => {
  beforeAll(() =>
    pool.setTriggers({ ...OTHER_TRIGGERS, PreAuthentication: arnOf('preAuthentication') }),
  );

  test('is counted by the trigger watch', async () => {
    expect(metric((await account.invoke('triggerWatch', {})).log, 'TriggersDetached')).toBe(1);
  });

  test('makes npx cws triggers exit with 1 and name it', async () => {
    const ended = await account.command('triggers', ['--user-pool-id', pool.id]);
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.stdout).toContain('PostConfirmation');
  });

  test('is attached again by npx cws triggers --attach, which leaves every other setting', async () => {
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

describe('a later deployment that leaves chainPostConfirmation out', () => {
  test('fails before anything is uploaded, prints the possible values of the parameter and does not update the pool', async () => {
    const touched = await pool.lastModified();
    const ended = await account.serverless.deploy(params({ smsRoleArn: SMS_ROLE }));
    const output = ended.stdout + ended.stderr;
    expect(ended.code, output).toBe(1);
    expect(output).toContain(`--param chainPostConfirmation=${foreign.arn}`);
    expect(output).toContain('--param chainPostConfirmation=release');
    expect(output).not.toContain('Uploading');
    expect(await pool.lastModified()).toEqual(touched);
  });

  test('attaches the other function alone when it says so, and ours in front of it when it is chained again', async () => {
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

describe('a direct invocation of the attachment function', () => {
  test('fails and does not update the pool when it names a function that is not of the stack', async () => {
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

describe('a removal of the stack', () => {
  test('restores every setting of the pool and attaches the chained function', async () => {
    await remove(chained());
    expect(await pool.settings()).toEqual(before);
  });

  test('removes the standing user of the canary on both sides, and its app client', async () => {
    expect((await pool.emails()).filter((email) => email.includes('cws-canary'))).toEqual([]);
    expect(await pool.appClients()).toEqual([]);
    const left = account.workos.control.users().filter(({ email }) => email.includes('cws-canary'));
    expect(left).toEqual([]);
  });

  test('leaves no queue, no rule and no state machine', async () => {
    expect((await account.sqs('AmazonSQS.ListQueues', {})).QueueUrls ?? []).toEqual([]);
    expect(await account.eventBridge('AWSEvents.ListRules', {})).toMatchObject({ Rules: [] });
    const machines = await account.stepFunctions('AWSStepFunctions.ListStateMachines', {});
    expect(machines).toMatchObject({ stateMachines: [] });
  });
});

describe('the stack deployed with carryPasswords=true', () => {
  const carrying = () => ({ ...chained(), carryPasswords: 'true' });
  let publicKey: PasswordPublicKey;
  let keys: PasswordKeyAccess;
  beforeAll(async () => {
    await deploy(carrying());
    const { stdout } = await account.command('password-key', ['--stage', STAGE]);
    publicKey = JSON.parse(stdout);
    keys = connectPasswordKey(account, publicKey);
  });

  test('attaches Post-Authentication by itself', async () => {
    expect(await pool.lambdaConfig()).toMatchObject({
      PostConfirmation: arnOf('postConfirmation'),
      PostAuthentication: arnOf('postAuthentication'),
    });
  });

  test('a sign-in with a password sealed for the key that password-key prints gives WorkOS a hash that it opens', async () => {
    const user = await signedUp('joan@example.com');
    const event = {
      ...triggerEvent({
        triggerSource: 'PostAuthentication_Authentication',
        userName: user.email,
        userAttributes: user,
        request: { clientMetadata: { workos_password: await seal(user.email) } },
      }),
      userPoolId: pool.id,
    };
    expect((await account.invoke('postAuthentication', event)).payload).toEqual(event);
    await untilOpened(user.email);
  });

  test('carryPassword does the same for a server that may invoke it, and for no other', async () => {
    const { email } = await signedUp('barbara@example.com');
    const input = { username: email, sealedPassword: await seal(email) };
    const name = account.serverless.functionName('carryPassword');
    const stranger = await createIamUser(account, 'stranger');
    await expect(invokeAs(stranger, name, input)).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    const server = await createIamUser(account, 'server', arnOf('carryPassword'));
    expect(await invokeAs(server, name, input)).toMatchObject({ published: true });
    await untilOpened(email);
  });

  test('the consumer alone may decrypt, with one algorithm', async () => {
    const DENIED = 'AccessDeniedException';
    expect(await keys.decryptAs('consumer', 'RSAES_OAEP_SHA_256')).toBe('opened');
    expect(await keys.decryptAs('consumer', 'RSAES_OAEP_SHA_1')).toBe(DENIED);
    for (const name of ['postAuthentication', 'postConfirmation', 'carryPassword']) {
      expect(await keys.decryptAs(name, 'RSAES_OAEP_SHA_256'), name).toBe(DENIED);
    }
  });

  test('no password and no seal is in what the functions have written', () => {
    expect(account.log()).not.toContain(SECRET);
    for (const sealed of seals) expect(account.log()).not.toContain(sealed.split('.')[3]);
  });

  const SECRET = 'Correct-horse-battery-2';
  const seals: string[] = [];

  async function seal(username: string): Promise<string> {
    const sealed = await sealPassword(publicKey, { username, password: SECRET });
    seals.push(sealed);
    return sealed;
  }

  async function signedUp(email: string) {
    const sub = await pool.addUser(email, { given_name: 'Joan' });
    await pool.setPassword(email, SECRET);
    return { sub, email, email_verified: 'true', given_name: 'Joan' };
  }

  async function untilOpened(email: string): Promise<void> {
    await untilInWorkos(email, { metadata: { cognito_auth: 'password+carried' } });
    const { id = '' } = account.workos.control.userByEmail(email) ?? {};
    expect(account.workos.control.verifyPassword(id, SECRET)).toBe(true);
  }

  describe('and removed after another tool replaced the PostConfirmation trigger', () => {
    beforeAll(async () => {
      await pool.setTriggers({
        ...(await pool.lambdaConfig()),
        PostConfirmation: REPLACING_FUNCTION,
      });
      await remove(carrying());
    });

    test('keeps the replacing function and detaches the other triggers of the stack', async () => {
      expect(await pool.settings()).toEqual(
        withTriggers(before, { PostConfirmation: REPLACING_FUNCTION }),
      );
    });

    test('keeps the key, which applications still seal for, and leaves nothing else', async () => {
      expect(await keys.state()).toEqual({ state: 'Enabled', aliases: [] });
      expect((await account.sqs('AmazonSQS.ListQueues', {})).QueueUrls ?? []).toEqual([]);
    });
  });
});

const SUB_OF_GRACE = 'cccccccc-0000-4000-8000-000000000003';

function confirmed(user: { userName: string }) {
  const event = triggerEvent({ ...user, triggerSource: 'PostConfirmation_ConfirmSignUp' });
  return { ...event, userPoolId: pool.id };
}

/** Waits until the deployed consumer has written the user to WorkOS. */
async function untilInWorkos(email: string, expected: Record<string, unknown>): Promise<void> {
  const found = () => account.workos.control.userByEmail(email);
  await vi.waitFor(() => expect(found(), account.log()).toMatchObject(expected), {
    timeout: 30_000,
    interval: 100,
  });
}
