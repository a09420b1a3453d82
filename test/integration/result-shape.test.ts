import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startQueue } from '../../local/emulators/sqs.ts';
import { SKIP_ADVICE } from '../../src/bulk/skip-advice.ts';
import { CONFLICT_ADVICE } from '../../src/mirror/decide/conflicts.ts';
import { observedUser, POOL } from '../fixtures/factories.ts';
import { GOOGLE } from '../fixtures/identity-providers.ts';
import { googleUser, poolUser, subOf, throughGoogle } from '../fixtures/pool-users.ts';
import { expectResult, readSchema } from '../fixtures/result-schema.ts';
import { startOauthClientsSetting } from '../rigs/oauth-clients-run.ts';
import { startRedriveSetting } from '../rigs/redrive-run.ts';
import { startResetSetting } from '../rigs/reset-run.ts';
import { startVerifySetting } from '../rigs/verify-run.ts';
import { startAwsServices } from '../stand-ins/aws-services.ts';
import { startLambdaApi } from '../stand-ins/lambda-api.ts';

let open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.toReversed()) await each.close();
  open = [];
});

async function opened<T extends { close(): Promise<void> }>(setting: Promise<T>): Promise<T> {
  const each = await setting;
  open.push(each);
  return each;
}

/** A pool and a WorkOS that differ in every way that verify lists. */
async function differing() {
  const setting = await opened(startVerifySetting());
  const cognito = setting.cognito.control;
  for (let n = 0; n < 4; n++) cognito.put(poolUser(n));
  cognito.put(poolUser(4, {}, { UserStatus: 'UNCONFIRMED' }));
  await setting.seed();
  await setting.edit('user-0@example.com', { first_name: 'By hand' });
  cognito.remove(subOf(1));
  cognito.update(subOf(2), { Enabled: false });
  cognito.put(poolUser(5));
  cognito.put(googleUser(6, { email: 'user-5@example.com' }));
  cognito.put(poolUser(7, { sub: 'with a space' }, { Username: 'user-7' }));
  setting.workos.control.seedUser({ email: 'user-8@example.com', email_verified: true });
  cognito.put(poolUser(8, { email_verified: 'false' }));
  return setting;
}

describe('the result of each command with --json matches its schema in docs/schemas', () => {
  it('of verify, with findings of every kind, with and without emails', async () => {
    const setting = await differing();
    const accepted = { sub: subOf(8), reason: 'unverified_email', note: 'known' };
    await writeFile(join(setting.directory, 'accept.jsonl'), JSON.stringify(accepted));
    const args = ['--json', '--settle', '0', '--accept', 'accept.jsonl'];
    const result = expectResult('verify', await setting.run(args));
    expect(result).toMatchObject({
      userPoolId: setting.cognito.userPoolId,
      exit: 1,
      verdict: 'differs',
      missing: { count: 1, items: [{ sub: subOf(5), otherSubs: [subOf(6)] }] },
      stale: { count: 1, items: [{ fields: ['first_name'] }] },
      conflicts: { count: 1, items: [{ reason: 'disabled_in_cognito' }] },
      extra: { count: 1 },
      failed: { count: 1 },
      accepted: { count: 1, items: [accepted] },
    });
    const shown = expectResult('verify', await setting.run([...args, '--show-emails']));
    expect(shown.stale.items[0]).toMatchObject({
      email: 'user-0@example.com',
      before: { first_name: 'By hand' },
      after: { first_name: 'Given0' },
    });
  });

  it('of verify --fix, of verify --strict where something is to be looked at', async () => {
    const setting = await opened(startVerifySetting());
    setting.cognito.control.put(poolUser(1));
    const fixed = await setting.run(['--fix', '--json', '--settle', '0']);
    expect(expectResult('verify', fixed)).toMatchObject({ exit: 0, fixed: 1, verdict: 'look' });
    const strict = await setting.run(['--strict', '--json', '--settle', '0']);
    expect(expectResult('verify', strict)).toMatchObject({ exit: 3, inSync: true });
  });

  it('of seed --dry-run, and of a seed with a user that fails', async () => {
    const setting = await differing();
    const pool = ['--user-pool-id', setting.cognito.userPoolId, '--json'];
    const dry = expectResult('seed', await runSeed([...pool, '--dry-run']));
    expect(dry).toMatchObject({ exit: 1, failed: 1, updated: 1 });
    const result = expectResult('seed', await runSeed(pool));
    expect(result).toMatchObject({ exit: 1, failed: 1 });

    function runSeed(args: string[]) {
      return setting.runOther('seed', args);
    }
  });

  it('of reset-passwords, with a sample and with users that --only does not reach', async () => {
    const setting = await opened(startResetSetting());
    setting.both(1);
    const { identities, ...google } = throughGoogle('2');
    setting.both(2, { identities }, google);
    await writeFile(
      join(setting.directory, 'only.txt'),
      `${subOf(1)}\n${subOf(2)}\nnobody@x.org\n`,
    );
    const first = await setting.run(['--json', '--only', 'only.txt']);
    expect(expectResult('reset-passwords', first)).toMatchObject({
      sample: { count: 1, items: [{ sub: subOf(1) }] },
      only: { unknown: { count: 1, items: [3] }, notEligible: { count: 1 } },
      inDoubt: { count: 0, items: [] },
    });
    const sent = await setting.run(['--json', '--limit', '1', '--send']);
    expect(expectResult('reset-passwords', sent)).toMatchObject({ exit: 0, sent: 1 });
  });

  it('of redrive, which knows no user pool, with a message that stays', async () => {
    const setting = await opened(startRedriveSetting(await opened(startQueue())));
    await setting.deadLetter(observedUser(), 'invalid_email');
    const result = expectResult('redrive', await setting.run(['--json']));
    expect(result).toMatchObject({
      userPoolId: null,
      messages: { count: 1 },
      problems: { count: 0 },
    });
  });

  it('of oauth-clients, with the counts and the check', async () => {
    const setting = await opened(startOauthClientsSetting({ providers: [GOOGLE] }));
    setting.cognito.control.put(googleUser(1));
    const plain = expectResult('oauth-clients', await setting.list(['--json', '--no-count']));
    expect(plain).toMatchObject({ exit: 0, providers: { count: 1, items: [{ name: 'Google' }] } });
    const checked = expectResult('oauth-clients', await setting.list(['--json', '--check']));
    expect(checked).toMatchObject({
      formerProviders: { count: 0 },
      check: { different: { count: 0 } },
    });
  });

  it('of preflight, where nothing answers, and of triggers, where nothing is deployed', async () => {
    const setting = await opened(startVerifySetting());
    const aws = await opened(startAwsServices({}));
    const preflight = await setting.runOther(
      'preflight',
      ['--user-pool-id', POOL, '--json'],
      aws.env,
    );
    expect(expectResult('preflight', preflight).userPoolId).toBe(POOL);
    const lambda = await opened(startLambdaApi());
    const pool = ['--user-pool-id', setting.cognito.userPoolId, '--json'];
    const triggers = await setting.runOther('triggers', pool, {
      AWS_ENDPOINT_URL_LAMBDA: lambda.endpoint,
    });
    expect(expectResult('triggers', triggers)).toMatchObject({ exit: 1, triggers: { count: 3 } });
  });
});

it('nothing is written to stdout, and one line to stderr, where a command could not run with --json', async () => {
  const setting = await opened(startVerifySetting());
  const ended = await setting.run(['--json', '--csv', '/no/such/directory/f.csv']);
  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toMatch(/^error: --csv cannot be written .*\n$/);
});

describe('the schemas', () => {
  const names = readdirSync(new URL('../../docs/schemas/', import.meta.url));

  it.each(names)('%s allows no further property', (name) => {
    expect(openObjects(readSchema(name.replace('.json', '')))).toEqual([]);
  });

  it('name the reasons that the code has', () => {
    const text = JSON.stringify(readSchema('verify'));
    expect(text).toContain(JSON.stringify(Object.keys(CONFLICT_ADVICE)));
    expect(text).toContain(JSON.stringify(Object.keys(SKIP_ADVICE).toSorted(bySchema)));
  });
});

/** As the schemas list them. */
const SKIPS = ['disabled', 'unconfirmed', 'no_email', 'newer_in_workos', 'deleted'];
const bySchema = (one: string, other: string) => SKIPS.indexOf(one) - SKIPS.indexOf(other);

/** Objects that allow anything, by their path. */
function openObjects(schema: unknown, path = '$'): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const isOpen =
    'type' in schema && schema.type === 'object' && !('additionalProperties' in schema);
  const below = Object.entries(schema).flatMap(([key, each]) =>
    openObjects(each, `${path}.${key}`),
  );
  return isOpen ? [path, ...below] : below;
}
