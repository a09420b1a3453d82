import { FLOW_ADVICE } from '../app-client.ts';
import { CUSTOM_AUTH } from '../custom-auth.ts';
import type { Affected, Assessment, Loss } from '../facts.ts';
import { known } from './known.ts';

/** What users lose of how they sign in; undefined where the pool has nothing of the kind. */
type SignInLoss = Loss | undefined;

export function passwords({ forecast, appClients }: Assessment): SignInLoss {
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
function carryAdvice(appClients: Assessment['appClients']): string {
  const start =
    'Carry them over: carryPasswords: true and a release of the application early in the dual run';
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

export function providers({ providerLoss }: Assessment): SignInLoss {
  const { names, people, onlyWayIn } = providerLoss;
  if (names.length === 0) return undefined;
  return {
    name: 'providers',
    title: 'Providers that WorkOS does not have, or the pool no more',
    affected: known(people),
    names,
    means: `For ${onlyWayIn} of these people it is the only way in.`,
    todo: 'They come along, and sign in by email afterwards: tell them before the cutover.',
  };
}

export function mfa({ mfa: setting, profile, mfaSample }: Assessment): SignInLoss {
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

function toMfaAffected(sample: Assessment['mfaSample'], setting: string | undefined): Affected {
  const { asked, enrolled, passwordUsers, why } = sample;
  if (setting === 'ON') return { kind: 'at_most', users: passwordUsers };
  if (asked === passwordUsers) return known(enrolled);
  if (asked === 0) {
    return { kind: 'unknown', why: why ?? 'Cognito tells it one user at a time: give --mfa-limit' };
  }
  return { kind: 'about', users: Math.round((enrolled / asked) * passwordUsers), asked };
}

export function passkeys({ profile }: Assessment): SignInLoss {
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

export function customAuth({ profile, forecast }: Assessment): SignInLoss {
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

export function usernames({ profile, users }: Assessment): SignInLoss {
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

export function devices({ profile, users }: Assessment): SignInLoss {
  if (!profile.known || !profile.value.remembersDevices) return undefined;
  return {
    name: 'devices',
    title: 'Remembered devices',
    affected: { kind: 'at_most', users: users.total },
    means: 'The pool remembers devices, which may spare their users a second factor.',
    todo: 'Nothing to bring: the first sign-in at WorkOS is on a new device.',
  };
}

export function sessions({ users }: Assessment): SignInLoss {
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
