import type { Readiness, Sampled } from '../../src/cutover/readiness.ts';
import { at, POOL } from './factories.ts';

/** A fixed sub, another for every number. */
export const subOf = (number: number) =>
  `aaaaaaaa-0000-4000-8000-${String(number).padStart(12, '0')}`;
const workosIdOf = (number: number) => `user_01K${String(number).padStart(23, '0')}`;

const NOBODY: Sampled<never> = { count: 0, examples: [] };

/** A pool that is ready: 1,204 users, 12 of them not mirrored by rule, nothing to look at. */
export function ready(partial: Partial<Readiness> = {}): Readiness {
  return {
    generatedAt: at(45_240),
    userPoolId: POOL,
    userPoolName: 'shop-production',
    workos: 'api.workos.com',
    inSync: true,
    checked: 1_204,
    workosUsers: 1_187,
    kinds: {
      password: 690,
      federated: { Google: 361, SignInWithApple: 120, 'Contoso SSO': 64 },
      federatedOnly: 431,
      passwordAndFederated: 71,
    },
    skipped: { unconfirmed: 9, disabled: 3 },
    missing: NOBODY,
    stale: { ...NOBODY, fields: {} },
    conflicts: { ...NOBODY, reasons: {} },
    extra: NOBODY,
    crossedOver: { count: 0, differing: 0 },
    accepted: NOBODY,
    withoutUsableEmail: NOBODY,
    mustResetPassword: 768,
    mfa: { setting: 'OFF', lookedAt: 0, notLookedAt: 0, methods: {}, enrolled: NOBODY },
    triggers: {
      known: true,
      value: [
        { trigger: 'PostConfirmation', attached: true, detail: 'post-confirmation' },
        { trigger: 'PreAuthentication', attached: true, detail: 'pre-authentication' },
      ],
    },
    queues: { known: true, value: { deadLetters: 0, waiting: 2 } },
    ...partial,
  };
}

/** The same pool with something of everything: each kind of drift, all reasons, MFA, dead letters. */
export function notReady(partial: Partial<Readiness> = {}): Readiness {
  const user = (number: number, name: string) => ({
    sub: subOf(number),
    email: `${name}@example.com`,
    username: name,
  });
  return ready({
    inSync: false,
    kinds: {
      password: 686,
      federated: { Google: 361, SignInWithApple: 120, 'Contoso SSO': 64 },
      federatedOnly: 431,
      passwordAndFederated: 71,
    },
    skipped: { unconfirmed: 9, disabled: 3, no_email: 4 },
    missing: { count: 37, examples: [user(1, 'ada'), user(2, 'grace'), user(3, 'edsger')] },
    stale: {
      count: 18,
      fields: { email: 3, first_name: 11, 'metadata.federated_providers': 9 },
      examples: [
        { ...user(4, 'barbara'), workosUserId: workosIdOf(4), fields: ['first_name'] },
        {
          ...user(5, 'donald'),
          workosUserId: workosIdOf(5),
          fields: ['email', 'metadata.federated_providers'],
        },
      ],
    },
    conflicts: {
      count: 9,
      reasons: { unverified_email: 5, email_taken: 2, email_locked: 1, foreign_external_id: 1 },
      examples: [
        {
          ...user(6, 'alan'),
          reason: 'unverified_email',
          workosUserId: workosIdOf(6),
          workosEmail: 'alan@example.com',
          holderExternalId: subOf(60),
        },
        { ...user(7, 'joan'), reason: 'email_taken', workosUserId: workosIdOf(7) },
        {
          ...user(8, 'kathleen'),
          reason: 'foreign_external_id',
          workosUserId: workosIdOf(8),
          workosEmail: 'kathleen@example.com',
          holderExternalId: 'customer-4711',
        },
      ],
    },
    extra: {
      count: 3,
      examples: [
        { workosUserId: workosIdOf(9), externalId: subOf(9), email: 'former@example.com' },
      ],
    },
    withoutUsableEmail: {
      count: 11,
      examples: [
        { sub: subOf(10), username: '+4915112345678', reason: 'no_email' },
        { ...user(11, 'niklaus'), reason: 'unverified_email' },
      ],
    },
    mustResetPassword: 741,
    mfa: {
      setting: 'OPTIONAL',
      lookedAt: 500,
      notLookedAt: 257,
      why: 'only 500 are asked about: raise --mfa-limit for more',
      methods: { SOFTWARE_TOKEN_MFA: 31, SMS_MFA: 12, EMAIL_OTP: 1 },
      enrolled: {
        count: 42,
        examples: [
          { ...user(12, 'margaret'), methods: ['SOFTWARE_TOKEN_MFA', 'SMS_MFA'] },
          { ...user(13, 'radia'), methods: ['SOFTWARE_TOKEN_MFA'] },
        ],
      },
    },
    triggers: {
      known: true,
      value: [
        { trigger: 'PostConfirmation', attached: true, detail: 'post-confirmation' },
        { trigger: 'PreAuthentication', attached: false, detail: 'another function is there' },
      ],
    },
    queues: { known: true, value: { deadLetters: 6, waiting: 14 } },
    ...partial,
  });
}

/** In sync, and nothing else could be found out. */
export function unknown(partial: Partial<Readiness> = {}): Readiness {
  const { userPoolName: _, ...known } = ready();
  return {
    ...known,
    mfa: {
      lookedAt: 0,
      notLookedAt: 761,
      why: 'Allow cognito-idp:GetUserPoolMfaConfig and cognito-idp:AdminGetUser.',
      methods: {},
      enrolled: NOBODY,
    },
    triggers: { known: false, why: 'Allow cognito-idp:DescribeUserPool.' },
    queues: { known: false, why: 'Set SYNC_QUEUE_URL and SYNC_DLQ_URL.' },
    ...partial,
  };
}

/** A pool without users, compared with a WorkOS without users. */
export function emptyPool(partial: Partial<Readiness> = {}): Readiness {
  return ready({
    checked: 0,
    workosUsers: 0,
    kinds: { password: 0, federated: {}, federatedOnly: 0, passwordAndFederated: 0 },
    skipped: {},
    mustResetPassword: 0,
    mfa: { setting: 'OFF', lookedAt: 0, notLookedAt: 0, methods: {}, enrolled: NOBODY },
    queues: { known: true, value: { deadLetters: 0, waiting: 0 } },
    ...partial,
  });
}

/** A million users, one of them missing, and more providers and examples than a page shows. */
export function aMillion(partial: Partial<Readiness> = {}): Readiness {
  const providers = Array.from({ length: 40 }, (_, index): [string, number] => [
    `Partner ${index + 1}`,
    40_000 - index * 1_000,
  ]);
  const examples = Array.from({ length: 100 }, (_, index) => ({
    sub: subOf(index + 1),
    email: `member${index + 1}@example.com`,
    methods: ['SOFTWARE_TOKEN_MFA'],
  }));
  return ready({
    inSync: false,
    checked: 1_000_000,
    workosUsers: 981_240,
    kinds: {
      password: 593_658,
      federated: Object.fromEntries(providers),
      federatedOnly: 340_100,
      passwordAndFederated: 47_500,
    },
    skipped: { unconfirmed: 18_000, disabled: 742 },
    missing: { count: 1, examples: examples.slice(0, 1) },
    mustResetPassword: 640_012,
    mfa: {
      setting: 'ON',
      lookedAt: 641_158,
      notLookedAt: 0,
      methods: { SOFTWARE_TOKEN_MFA: 401_000, SMS_MFA: 240_158 },
      enrolled: { count: 641_158, examples },
    },
    ...partial,
  });
}
