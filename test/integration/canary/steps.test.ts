import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CONFIRMATION_CODE } from '../../../local/emulators/cognito/engine.ts';
import { sweep } from '../../../src/canary/sweep.ts';
import type { CanaryReport } from '../../../src/canary/types.ts';
import { type CanaryRig, SEALING, startCanaryRig } from '../../rigs/canary-rig.ts';

const OFF = { kind: 'off', reason: 'carryPasswords is off in the stage prod' } as const;

let rig: CanaryRig;

/** step → result */
const results = ({ steps }: CanaryReport) =>
  Object.fromEntries(steps.map(({ step, result }) => [step, result]));
const reasonOf = ({ steps }: CanaryReport, step: string) =>
  steps.find((each) => each.step === step)?.reason;

describe('the canary in a pool that lets everybody sign up', () => {
  beforeAll(async () => {
    rig = await startCanaryRig();
  });
  /** Off in the others: each hash takes half a second. */
  const carryPasswords = () => {
    rig.world.passwords = SEALING;
  };
  // A message that is lost leaves the app client for the next run.
  afterEach(async () => {
    rig.restore();
    rig.world.passwords = OFF;
    await rig.drained();
    await sweep(rig.world, { evenLeased: true });
    expect(await rig.leftovers()).toEqual([]);
  });
  afterAll(() => rig.close());

  it('proves every step, with a carried password, and leaves nothing on either side', async () => {
    carryPasswords();
    const report = await rig.run();
    expect(report.steps).toMatchObject([
      { step: 'sign_up', result: 'arrived', reason: null, seconds: expect.any(Number) },
      { step: 'sign_in', result: 'arrived', reason: null },
      {
        step: 'squatter',
        result: 'unchanged',
        reason: expect.stringContaining('unverified_email'),
      },
      { step: 'password', result: 'arrived', reason: null },
    ]);
    expect(report).toMatchObject({ end: 'proved', left: [] });
    expect(await rig.leftovers()).toEqual([]);
    expect(rig.workos.control.schemaViolations).toEqual([]);
  });

  it('fails the sign-up whose message is lost, goes on, and leaves nothing', async () => {
    rig.onObservation = (source) =>
      source.startsWith('PostConfirmation') ? { kind: 'lost' } : undefined;
    const report = await rig.run();
    expect(results(report)).toMatchObject({ sign_up: 'failed', sign_in: 'arrived' });
    expect(reasonOf(report, 'sign_up')).toContain('npx cws triggers');
    expect(report.end).toBe('failed');
    expect(report.steps[0]?.seconds).toBeGreaterThan(0.3);
  });

  it('fails a sign-in whose new name arrives after the deadline, and leaves nothing when it has arrived', async () => {
    rig.world.times.lookAgainMs = 700;
    rig.onObservation = (source) =>
      source.startsWith('PostConfirmation') ? undefined : { kind: 'late', ms: 600 };
    const report = await rig.run();
    rig.world.times.lookAgainMs = 5;
    expect(results(report)).toMatchObject({ sign_up: 'arrived', sign_in: 'failed' });
  });

  it('fails the squatter when the WorkOS user of another person changes in one field', async () => {
    let renames = 0;
    rig.onObservation = (_, username) => {
      const owner = rig.workos.control.users().find(({ metadata }) => metadata.cws_canary);
      if (owner) {
        renames += 1;
        rig.workos.control.updateUser(owner.id, { last_name: `${username} ${renames}` });
      }
      return undefined;
    };
    const report = await rig.run();
    expect(results(report).squatter).toBe('failed');
    expect(reasonOf(report, 'squatter')).toContain('lastName');
  });

  it('fails the squatter when the sign-in was not processed: nothing is proved then', async () => {
    rig.onObservation = (_, username) =>
      rig.workos.control.users().some(({ metadata }) => metadata.cws_canary) && username
        ? { kind: 'lost' }
        : undefined;
    const report = await rig.run();
    expect(results(report).squatter).toBe('failed');
    expect(reasonOf(report, 'squatter')).toContain('ledger has not seen');
  });

  it('proves the squatter although WorkOS throttles the first look at the owner', async () => {
    const looks = new Map<string, number>();
    rig.workos.control.onRequest = ({ method, path }) => {
      if (method !== 'GET' || !/users\/user_/.test(path)) return undefined;
      looks.set(path, (looks.get(path) ?? 0) + 1);
      return looks.get(path) === 1 ? { kind: 'status', status: 429 } : undefined;
    };
    expect(results(await rig.run()).squatter).toBe('unchanged');
    expect(looks.size).toBeGreaterThan(0);
  });

  it('does not prove what has arrived where the pool does not call the sync: a pool change may have brought it', async () => {
    const { facts } = rig.world;
    rig.world.facts = { ...facts, attached: ['PostAuthentication'] };
    const report = await rig.run();
    rig.world.facts = facts;
    expect(results(report)).toMatchObject({ sign_up: 'not_proved', sign_in: 'not_proved' });
    expect(reasonOf(report, 'sign_up')).toContain('PostConfirmation of the pool does not call');
  });

  it('does not call a wrong client id of WorkOS a broken path', async () => {
    carryPasswords();
    const { signIn } = rig.world.workos;
    rig.world.workos.signIn = async () => ({ kind: 'refused', code: 'invalid_client' });
    const report = await rig.run();
    if (signIn) rig.world.workos.signIn = signIn;
    expect(results(report).password).toBe('not_proved');
    expect(reasonOf(report, 'password')).toContain('--workos-client-id');
  });

  it('does not prove the squatter in a pool that verifies every address by itself', async () => {
    rig.onCognito = (action, index) =>
      // Of the stranger, the third profile that is asked for (user, user confirmed, stranger).
      action === 'AdminGetUser' && index >= 2
        ? {
            kind: 'answer',
            body: {
              Username: 'x',
              UserStatus: 'CONFIRMED',
              UserAttributes: [
                { Name: 'sub', Value: 'aaaaaaaa-0000-4000-8000-00000000000f' },
                { Name: 'email_verified', Value: 'true' },
                { Name: 'email', Value: addressOf('trap') },
              ],
            },
          }
        : undefined;
    const report = await rig.run();
    rig.restore();
    expect(results(report).squatter).toBe('not_proved');
    expect(reasonOf(report, 'squatter')).toContain('autoVerifyEmail');
  });

  it('says which trigger of the pool refuses a confirmation', async () => {
    rig.onTrigger = (source) =>
      source.startsWith('PostConfirmation') ? 'members only' : undefined;
    const report = await rig.run();
    expect(results(report).sign_up).toBe('failed');
    expect(reasonOf(report, 'sign_up')).toContain('UserLambdaValidationException');
  });

  it('proves the name of a user whom Cognito asks for a second factor, and not the password', async () => {
    carryPasswords();
    rig.onCognito = (action) =>
      action === 'RespondToAuthChallenge'
        ? { kind: 'answer', body: { ChallengeName: 'MFA_SETUP', ChallengeParameters: {} } }
        : undefined;
    const report = await rig.run();
    expect(results(report)).toMatchObject({ sign_in: 'arrived', password: 'not_proved' });
    expect(reasonOf(report, 'sign_in')).toContain('MFA_SETUP');
    expect(report.end).toBe('partly');
    expect(await rig.leftovers()).toEqual([]);
  });

  it('fails a password that WorkOS does not take, and does not prove one that is no longer the way in', async () => {
    carryPasswords();
    const { resetRules } = rig.workos.control;
    resetRules.passwordSignInOff = true;
    const off = await rig.run();
    resetRules.passwordSignInOff = false;
    expect(results(off).password).toBe('not_proved');
    const { signIn } = rig.world.workos;
    rig.world.workos.signIn = (given) => signIn?.({ ...given, password: 'x' }) ?? Promise.reject();
    const wrong = await rig.run();
    if (signIn) rig.world.workos.signIn = signIn;
    expect(results(wrong).password).toBe('failed');
    expect(reasonOf(wrong, 'password')).toContain('invalid_credentials');
    expect(await rig.leftovers()).toEqual([]);
  });

  it('confirms with the code of the mail where the operator types it', async () => {
    const asked: string[] = [];
    rig.world.askForCode = async (address) => {
      asked.push(address);
      return CONFIRMATION_CODE;
    };
    const report = await rig.run();
    Reflect.deleteProperty(rig.world, 'askForCode');
    expect(results(report).sign_up).toBe('arrived');
    expect(asked).toEqual([expect.stringContaining('-user-')]);
    expect(rig.actions.filter((action) => action === 'ConfirmSignUp')).toHaveLength(1);
  });

  it('proves all that the deployment promises where it carries no passwords', async () => {
    const report = await rig.run();
    expect(results(report).password).toBe('not_proved');
    expect(report.end).toBe('proved');
  });
});

describe('the canary in a pool where administrators alone create users', () => {
  beforeAll(async () => {
    rig = await startCanaryRig({
      pool: { AdminCreateUserConfig: { AllowAdminCreateUserOnly: true } },
      ledger: false,
    });
  });
  afterAll(() => rig.close());

  it('proves the sign-in and the squatter, without the ledger by a later change, says what it could not prove, and sends no mail', async () => {
    const report = await rig.run();
    expect(results(report)).toMatchObject({
      sign_up: 'not_proved',
      sign_in: 'arrived',
      squatter: 'unchanged',
    });
    expect(reasonOf(report, 'sign_up')).toContain('AllowAdminCreateUserOnly');
    expect(reasonOf(report, 'squatter')).toContain('a later change');
    expect(report.end).toBe('partly');
    expect(rig.actions).not.toContain('SignUp');
    expect(await rig.leftovers()).toEqual([]);
  });

  it('does not prove the squatter when it could not sign in, although a later change arrives', async () => {
    rig.onCognito = (action, index) =>
      action === 'InitiateAuth' && index === 1
        ? { kind: 'error', type: 'NotAuthorizedException' }
        : undefined;
    const report = await rig.run();
    rig.restore();
    expect(results(report)).toMatchObject({ sign_in: 'arrived', squatter: 'failed' });
    expect(reasonOf(report, 'squatter')).toContain('could not sign in');
    expect(await rig.leftovers()).toEqual([]);
  });
});

describe('the canary in a pool with names of its own and required attributes', () => {
  beforeAll(async () => {
    rig = await startCanaryRig({
      pool: {
        UsernameAttributes: [],
        Schema: [
          { Name: 'birthdate', Required: true, AttributeDataType: 'String' },
          { Name: 'phone_number', Required: true, AttributeDataType: 'String' },
          {
            Name: 'given_name',
            Required: true,
            AttributeDataType: 'String',
            StringAttributeConstraints: { MinLength: '3', MaxLength: '8' },
          },
          {
            Name: 'seats',
            Required: true,
            AttributeDataType: 'Number',
            NumberAttributeConstraints: { MinValue: '5', MaxValue: '9' },
          },
        ],
      },
    });
  });
  afterAll(() => rig.close());

  it('fills them with valid values, and proves every step', async () => {
    const report = await rig.run();
    expect(results(report)).toMatchObject({
      sign_up: 'arrived',
      sign_in: 'arrived',
      squatter: 'unchanged',
    });
    expect(await rig.leftovers()).toEqual([]);
  });
});

function addressOf(role: string): string {
  return (
    rig.workos.control.users().find(({ email }) => email.includes(`-${role}-`))?.email ?? 'nobody'
  );
}
