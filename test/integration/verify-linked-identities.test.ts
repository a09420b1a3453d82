import { afterEach, beforeEach, expect, it } from 'vitest';
import { poolUser, subOf, throughGoogle } from '../fixtures/pool-users.ts';
import { startVerifySetting, type VerifySetting } from '../rigs/verify-run.ts';

let setting: VerifySetting;
beforeEach(async () => {
  setting = await startVerifySetting();
});
afterEach(() => setting.close());

const email = 'ada@example.com';
const okta = JSON.stringify([
  { userId: 'o-1', providerName: 'Okta', providerType: 'SAML', primary: false },
]);
/** A native profile that Okta can write to, and a Google profile with the same address. */
const native = poolUser(1, { email, identities: okta });
const { identities, ...partial } = throughGoogle('g-2');
const google = poolUser(2, { email, identities }, partial);
const ada = () => setting.workos.control.userByEmail(email);

it.each([
  ['the native profile', [native, google]],
  ['the Google profile', [google, native]],
])(
  'verify and seed agree about a native profile that an untrusted provider can write to, with %s listed first',
  async (_, users) => {
    for (const user of users) setting.cognito.control.put(user);
    await setting.seed();
    await setting.seed();
    expect(ada()).toMatchObject({ external_id: subOf(2) });
    expect(await setting.verify()).toMatchObject({
      code: 1,
      stale: [],
      missing: [],
      conflicts: [{ sub: subOf(1), reason: 'unverified_email', workosUserId: ada()?.id }],
    });
    const env = { TRUSTED_EMAIL_PROVIDERS: 'Okta:example.com' };
    expect(await setting.verify(['--fix'], env)).toMatchObject({ code: 0, inSync: true });
    expect(ada()).toMatchObject({
      external_id: subOf(1),
      metadata: { cognito_auth: 'password+federated', cognito_linked_subs: subOf(2) },
    });
    expect(await setting.verify([], env)).toMatchObject({ code: 0, inSync: true });
  },
);

it('a native profile that an untrusted provider can write to is in sync where no other user has its address', async () => {
  setting.cognito.control.put(native);
  await setting.seed();
  expect(await setting.verify()).toMatchObject({ code: 0, inSync: true });
  setting.cognito.control.update(native.Username, { attributes: { given_name: 'Augusta' } });
  expect(await setting.verify(['--fix'])).toMatchObject({ code: 0, inSync: true });
  expect(ada()).toMatchObject({ first_name: 'Augusta' });
});
