import { sumOf } from '../page/format.ts';
import { FLOW_ADVICE } from './app-client.ts';
import type { Affected, Assessment, Loss } from './facts.ts';

type Facts = Assessment;

/**
 * What does not come along to WorkOS, whom it touches and what to do, in the order in which a team decides. What
 * touches no user is left out; what is not known is in.
 */
export function toLosses(facts: Facts): Loss[] {
  const losses = [
    passwords(facts),
    phoneOnly(facts),
    noEmail(facts),
    unverifiedEmail(facts),
    providers(facts),
    mfa(facts),
    passkeys(facts),
    customAuth(facts),
    usernames(facts),
    groups(facts),
    customAttributes(facts),
    triggers(facts),
    devices(facts),
    leftOut(facts),
    sessions(facts),
  ];
  return losses
    .filter((loss) => loss !== undefined)
    .filter(({ affected }) => affected.kind === 'unknown' || affected.users > 0);
}

function known(users: number): Affected {
  return { kind: 'known', users };
}

function passwords({ forecast, appClients }: Facts): Loss | undefined {
  const { people } = forecast.mails;
  if (people === 0) return undefined;
  return {
    name: 'passwords',
    title: 'Passwords',
    affected: known(people),
    means:
      'Cognito gives no password out. Users whose password is not carried over during the dual run set a new one at the cutover.',
    todo: carryAdvice(appClients),
  };
}

/** Whether the app clients leave room for carried passwords; who signs in with which, Cognito does not say. */
function carryAdvice(appClients: Facts['appClients']): string {
  const start =
    'Carry them over: carryPasswords: true and a release of the application before the dual run';
  if (!appClients.known) {
    return `${start}; how the app clients sign in is not known, so neither is whether they can.`;
  }
  const flows = new Set(appClients.value.clients.flatMap((client) => client.flows));
  const ways = [...flows].map((flow) => FLOW_ADVICE[flow].carry);
  if (ways.includes('yes')) return `${start}: the pool's app clients allow SRP.`;
  if (ways.includes('server')) return `${start}: your server hands them over (carry-password).`;
  if (ways.includes('change')) {
    return `${start}, which has to change from USER_PASSWORD_AUTH to SRP for it.`;
  }
  return 'No app client signs in in a way that lets a password be carried over: plan the mails.';
}

function noEmail({ users }: Facts): Loss | undefined {
  const count = users.email.none - users.phoneOnly;
  if (count === 0) return undefined;
  return {
    name: 'no_email',
    title: 'Users without an email',
    affected: known(count),
    means: 'A WorkOS user has an email. Users without one are not brought (skipped: no_email).',
    todo: 'Ask these users for an address at their next sign-in, and have Cognito verify it.',
  };
}

function phoneOnly({ users }: Facts): Loss | undefined {
  if (users.phoneOnly === 0) return undefined;
  return {
    name: 'phone_only',
    title: 'Users with a phone number alone',
    affected: known(users.phoneOnly),
    means:
      'They have no email, so that WorkOS cannot have them, and a phone number is no login there.',
    todo: 'Ask for an address in the application before the cutover. Users who give none stay behind.',
  };
}

function unverifiedEmail({ users, forecast }: Facts): Loss | undefined {
  const count = users.email.unverified;
  if (count === 0) return undefined;
  const stopped = forecast.conflictReasons.unverified_email ?? 0;
  const blocked =
    stopped > 0
      ? ` ${stopped} of them in conflict: a WorkOS user has the address, and is left alone.`
      : '';
  return {
    name: 'unverified_email',
    title: 'Addresses that Cognito has not verified',
    affected: known(count),
    means: `They come along as unverified: WorkOS asks these users to verify at the first sign-in, and they get no reset mail.${blocked}`,
    todo: 'Map email_verified from providers that verify, name providers you trust in trustedEmailProviders, and let the others verify in Cognito.',
  };
}

function providers({ assessedProviders, forecast }: Facts): Loss | undefined {
  const without = assessedProviders.filter(
    ({ counterpart }) => counterpart === 'none' || counterpart === 'gone',
  );
  if (without.length === 0) return undefined;
  return {
    name: 'providers',
    title: 'Providers that WorkOS does not have',
    affected: known(without.reduce((sum, { people }) => sum + people, 0)),
    names: without.map(({ name }) => name),
    means: `For ${forecast.withoutWayIn} of these people it is the only way in.`,
    todo: 'They come along, and sign in by email afterwards: tell them before the cutover.',
  };
}

function mfa({ mfa: setting, profile, mfaSample }: Facts): Loss | undefined {
  const pool = setting.known
    ? setting.value.setting
    : profile.known
      ? profile.value.mfa
      : undefined;
  if (pool === 'OFF') return undefined;
  return {
    name: 'mfa',
    title: 'Second factors',
    affected: toMfaAffected(mfaSample, pool),
    means: `${MFA_SETTING[pool ?? 'unknown']} Cognito gives no secret of an authenticator app out.`,
    todo: 'These users enrol again in WorkOS. Switch MFA on there before the cutover, and say so in the mail.',
  };
}

const MFA_SETTING = {
  OPTIONAL: 'MFA is optional in the pool.',
  ON: 'MFA is required by the pool.',
  unknown: 'Whether the pool has MFA could not be read.',
};

function toMfaAffected(sample: Facts['mfaSample'], setting: string | undefined): Affected {
  const { asked, enrolled, passwordUsers, why } = sample;
  if (setting === 'ON') return { kind: 'at_most', users: passwordUsers };
  if (asked === passwordUsers) return known(enrolled);
  if (asked === 0) {
    return { kind: 'unknown', why: why ?? 'Cognito tells it one user at a time: give --mfa-limit' };
  }
  return { kind: 'about', users: Math.round((enrolled / asked) * passwordUsers), asked };
}

function passkeys({ profile }: Facts): Loss | undefined {
  if (!profile.known) return undefined;
  const factors = profile.value.firstFactors.filter((factor) => factor !== 'PASSWORD');
  if (factors.length === 0) return undefined;
  const hasPasskeys = factors.includes('WEB_AUTHN');
  return {
    name: 'passkeys',
    title: hasPasskeys ? 'Passkeys' : 'Sign-in by a code',
    affected: {
      kind: 'unknown',
      why: hasPasskeys
        ? 'Cognito lists passkeys to their own user alone'
        : 'Cognito does not say who signs in how',
    },
    names: factors,
    means: hasPasskeys
      ? 'The pool lets users sign in without a password. A passkey belongs to the domain it was made for.'
      : 'The pool lets users sign in by a code, without a password.',
    todo: hasPasskeys
      ? 'These users make a new passkey in WorkOS, or sign in by an emailed code there (Magic Auth).'
      : 'Switch Magic Auth on in WorkOS: it mails a code. A code by text message is no first step there.',
  };
}

const CUSTOM_AUTH = new Set([
  'DefineAuthChallenge',
  'CreateAuthChallenge',
  'VerifyAuthChallengeResponse',
]);

function customAuth({ profile, forecast }: Facts): Loss | undefined {
  if (!profile.known) return undefined;
  const held = profile.value.triggers.filter(({ trigger }) => CUSTOM_AUTH.has(trigger));
  if (held.length === 0) return undefined;
  return {
    name: 'custom_auth',
    title: 'Custom challenges',
    affected: {
      kind: 'at_most',
      users: forecast.kinds.password + forecast.kinds.passwordAndFederated,
    },
    names: held.map(({ trigger }) => trigger),
    means: 'The pool signs users in with challenges of its own. WorkOS calls no such function.',
    todo: 'Find out what the challenge asks. A code by email is Magic Auth in WorkOS; anything else stays in your application.',
  };
}

function usernames({ profile, users }: Facts): Loss | undefined {
  const byName = !profile.known || profile.value.signIn.by.includes('username');
  if (!byName || users.ownUsername === 0) return undefined;
  return {
    name: 'usernames',
    title: 'User names as a login',
    affected: known(users.ownUsername),
    means: 'They can sign in with a name of their own. In WorkOS users sign in with their email.',
    todo: 'Tell these users which address their account has; show it in the application before the cutover.',
  };
}

function groups({ groups: found }: Facts): Loss | undefined {
  if (found.known && found.value.names.length === 0) return undefined;
  const names = found.known ? found.value.names : [];
  return {
    name: 'groups',
    title: 'Groups',
    affected: {
      kind: 'unknown',
      why: found.known
        ? 'the members are not counted: it costs a request for every 60 of them from the quota of ListUsers'
        : found.why,
    },
    means: found.known
      ? `${names.length} groups. The sync brings users, not their groups or roles.`
      : 'Whether the pool has groups could not be read. The sync brings users, not their groups or roles.',
    todo: 'Make roles or organizations of them in WorkOS, or keep the permissions in your application by the external id.',
  };
}

function customAttributes({ users }: Facts): Loss | undefined {
  const count = Object.keys(users.customAttributes).length;
  if (count === 0) return undefined;
  return {
    name: 'custom_attributes',
    title: 'Custom attributes',
    affected: known(users.withCustomAttributes),
    means: `${count} custom ${count === 1 ? 'attribute has' : 'attributes have'} values. The sync does not bring them.`,
    todo: 'Copy what the application needs into its own database, by the sub, before the pool is deleted.',
  };
}

function triggers({ profile, users }: Facts): Loss | undefined {
  if (!profile.known) return undefined;
  const held = profile.value.triggers.filter(
    ({ kind, trigger }) => kind === 'other' && !CUSTOM_AUTH.has(trigger),
  );
  if (held.length === 0) return undefined;
  return {
    name: 'triggers',
    title: 'Functions that Cognito calls',
    affected: { kind: 'at_most', users: users.total },
    names: held.map(({ trigger }) => trigger),
    means: 'WorkOS calls none of them after the cutover.',
    todo: 'Find out what each does. WorkOS has JWT templates for claims, its own mails, Actions at sign-up and sign-in.',
  };
}

function devices({ profile, users }: Facts): Loss | undefined {
  if (!profile.known || !profile.value.remembersDevices) return undefined;
  return {
    name: 'devices',
    title: 'Remembered devices',
    affected: { kind: 'at_most', users: users.total },
    means: 'The pool remembers devices, which may spare their users a second factor.',
    todo: 'Nothing to bring: the first sign-in at WorkOS is on a new device.',
  };
}

function leftOut({ forecast }: Facts): Loss | undefined {
  const { no_email: _, ...others } = forecast.seed.skipped;
  const count = sumOf(others);
  if (count === 0) return undefined;
  const reasons = Object.entries(others).map(([reason, users]) => `${users} ${reason}`);
  return {
    name: 'left_out',
    title: 'Disabled users, and sign-ups that were never confirmed',
    affected: known(count),
    means: `They are not brought: ${reasons.join(', ')}. WorkOS has no state "disabled".`,
    todo: 'Look whether some of them should come, and enable or confirm those in Cognito.',
  };
}

function sessions({ users }: Facts): Loss | undefined {
  const count = users.total - users.disabled;
  if (count === 0) return undefined;
  return {
    name: 'sessions',
    title: 'Sessions',
    affected: { kind: 'at_most', users: count },
    means: 'Cognito’s tokens are not WorkOS’s: all users sign in once more at the cutover.',
    todo: 'Accept both issuers for the days of the cutover (docs/application.md), so that no user is signed out in the middle of something.',
  };
}
