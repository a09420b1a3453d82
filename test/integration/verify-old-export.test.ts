import { afterEach, beforeEach, expect, test } from 'vitest';
import { poolUser, subOf } from '../fixtures/pool-users.ts';
import { exportUsers } from '../rigs/exported-users.ts';
import { startVerifySetting, type VerifySetting } from '../rigs/verify-run.ts';

const DAY_MS = 86_400_000;

let setting: VerifySetting;
beforeEach(async () => {
  setting = await startVerifySetting();
  const { cognito, workos } = setting;
  for (const n of [0, 1]) {
    workos.control.seedUser({
      email: `user-${n}@example.com`,
      email_verified: true,
      external_id: subOf(n),
      first_name: 'Other',
      metadata: {
        cognito_pool: cognito.userPoolId,
        cognito_auth: 'password',
        cognito_synced_at: new Date(Date.now() - DAY_MS).toISOString(),
      },
    });
  }
});
afterEach(() => setting.close());
const exported = (numbers: number[]) =>
  exportUsers(
    setting.directory,
    numbers.map((n) => poolUser(n)),
    new Date(Date.now() - 30 * DAY_MS),
  );

test('verify --from does not say that both sides agree about users whom an old export cannot tell of', async () => {
  setting.workos.control.seedUser({
    email: 'user-2@example.com',
    email_verified: true,
    external_id: subOf(2),
    first_name: 'Given2',
    last_name: 'Family2',
    metadata: {
      cognito_pool: setting.cognito.userPoolId,
      cognito_auth: 'password',
      cognito_synced_at: new Date(Date.now() - 60 * DAY_MS).toISOString(),
    },
  });
  const { checks, verdict } = await setting.verify(['--from', await exported([0, 1, 2])]);
  expect(verdict).toBe('look');
  expect(checks.find(({ name }: { name: string }) => name === 'users')).toMatchObject({
    status: 'look',
    detail: expect.stringMatching(/^2 users not compared/),
  });
});

test('verify --from exits with 2 when the export is older than what WorkOS has of every user', async () => {
  const ended = await setting.run(['--from', await exported([0, 1]), '--settle', '0', '--json']);
  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toMatch(/error: the export in .* so that nothing could be compared/);
});
