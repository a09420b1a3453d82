import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { existingUsers } from '../../local/existing-users.ts';
import { type ResetSetting, startResetSetting } from '../rigs/reset-run.ts';

/** Epoch seconds. */
const CREATED = Date.UTC(2019, 0, 1) / 1000;
let setting: ResetSetting;
beforeEach(async () => {
  setting = await startResetSetting();
  for (const { Attributes, UserStatus, Enabled, Username } of existingUsers()) {
    setting.cognito.control.put({
      Username,
      UserStatus,
      Enabled,
      UserCreateDate: CREATED,
      UserLastModifiedDate: CREATED,
      Attributes: Attributes.map(({ Name, Value }) => ({ Name, Value: Value ?? '' })),
    });
  }
  const { code, stderr } = await setting.runOther('seed', ['--rate', '1000', '--json']);
  if (code !== 0) throw new Error(stderr);
});
afterEach(() => setting.close());

async function json(script: string, ...args: string[]) {
  const { stdout, stderr } = await setting.runOther(script, ['--json', ...args]);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

/** The page without its tags. */
async function pageText(): Promise<string> {
  const page = await readFile(join(setting.directory, 'r.html'), 'utf8');
  return page
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}

describe('the numbers of a pool of some age', () => {
  it('lead from the Cognito profiles to the WorkOS users, the same in JSON, terminal and page', async () => {
    const { balance, verdict } = await json('verify', '--settle', '0', '--report', 'r.html');
    expect(balance).toMatchObject({
      read: 310,
      skipped: { unconfirmed: 12, disabled: 7, no_email: 8 },
      secondProfiles: 8,
      inConflict: 4,
      own: 271,
      listed: 271,
    });
    expect(verdict).toBe('differs');
    const { stdout } = await setting.runOther('verify', ['--settle', '0']);
    const line =
      '310 Cognito users − 7 disabled − 8 without an email − 12 unconfirmed − 8 second profiles of the same people − 4 in conflict and without a WorkOS user = 271 WorkOS users';
    expect(stdout).toContain(line);
    expect(stdout).toMatch(/Not ready:\n {2}4 users in conflict/);
    const text = await pageText();
    expect(text).toContain(line);
    expect(text).toContain('Not ready');
  });

  it('count people with a password and a provider once, and those who lose their only way in', async () => {
    await json('verify', '--settle', '0', '--report', 'r.html');
    const text = await pageText();
    // Six people of Facebook alone, and four profiles of Facebook in conflict about an address of others.
    expect(text).toContain('Password only 227, Provider only 40, Password and provider 8');
    expect(text).toContain('10 people lose their only way in');
    expect(text).toContain('Facebook : 10 people');
  });

  it('say of as many people that they are mailed as reset-passwords mails', async () => {
    const { mails } = await json('verify', '--settle', '0', '--report', 'r.html');
    const { eligible, wouldSend } = await json('reset-passwords');
    expect(mails).toEqual({
      people: 235,
      kept: 0,
      keptShare: 0,
      mailed: eligible,
      notMailed: { email_unverified: 15 },
    });
    expect({ eligible, wouldSend }).toEqual({ eligible: 220, wouldSend: 220 });
    expect(await pageText()).toContain('mails 220 of them once');
  });
});
