import { toDay } from '../../src/explain/day.ts';
import type {
  Explanation,
  OtherProfile,
  ProfileFacts,
  WorkosFacts,
} from '../../src/explain/explanation.ts';
import { doubtToText, who } from '../../src/explain/words.ts';
import type { Section } from './section.ts';

type Row = readonly [string, string];

/** What Cognito has of the person. */
export function cognitoSection({ cognito, sub }: Explanation): Section {
  const title = 'Cognito, the old sign-in, has';
  if (cognito) return { title, lines: [], rows: profileRows(cognito) };
  const what = sub === null ? 'No profile with this address.' : `No profile with the sub ${sub}.`;
  return { title, lines: [what], rows: [] };
}

function profileRows(profile: ProfileFacts): Row[] {
  const { sub, username, name, status, enabled, createdAt, modifiedAt } = profile;
  return [
    ['sub', sub],
    ...(username === sub ? [] : [['username', username] as const]),
    ['name', name ?? 'none'],
    ['address', addressOf(profile)],
    ['signs in', signsIn(profile)],
    ['status', `${statusOf(status)}${enabled === false ? '; DISABLED' : ''}`],
    ...(createdAt === undefined ? [] : [['made', toDay(createdAt)] as const]),
    ...(modifiedAt === undefined ? [] : [['last changed', toDay(modifiedAt)] as const]),
  ];
}

function addressOf({ email, emailVerified, countsAsVerified, doubt }: ProfileFacts): string {
  if (email === undefined) return 'none';
  const flag = emailVerified ? 'verified by Cognito' : 'not verified by Cognito';
  if (countsAsVerified && !emailVerified) {
    return `${email}, ${flag}, but counts as proved, because its provider is trusted`;
  }
  if (countsAsVerified || !doubt || doubt.kind === 'flag_missing') return `${email}, ${flag}`;
  return `${email}, ${flag}, but does not count as proved, because ${doubtToText(doubt)}`;
}

function signsIn({ kind, providers }: ProfileFacts): string {
  const names = providers.map(({ name }) => name).join(', ');
  if (kind === 'federated') return `through ${names || 'a provider'}`;
  return names === '' ? 'with a password' : `with a password, or through ${names} (linked to it)`;
}

/** Cognito's own words (API reference, UserType: UserStatus), and what they mean. */
function statusOf(status: string | undefined): string {
  switch (status) {
    case 'CONFIRMED':
      return 'the sign-up is complete (CONFIRMED)';
    case 'EXTERNAL_PROVIDER':
      return 'made by a sign-in through a provider (EXTERNAL_PROVIDER)';
    case 'UNCONFIRMED':
      return 'the sign-up was never finished (UNCONFIRMED)';
    case 'RESET_REQUIRED':
      return 'has to choose a new password (RESET_REQUIRED)';
    case 'FORCE_CHANGE_PASSWORD':
      return 'was made by an administrator, and has not chosen a password yet (FORCE_CHANGE_PASSWORD)';
    default:
      return status ?? 'unknown';
  }
}

/** What WorkOS has of the person. */
export function workosSection({ workos, cognito }: Explanation): Section {
  const title = 'WorkOS, the new sign-in, has';
  if (!workos.known) return { title, lines: [`Unknown: ${workos.why}.`], rows: [] };
  const { own, byEmail, noted } = workos.value;
  const lines: string[] = [];
  if (cognito) {
    if (own && byEmail && own.id !== byEmail.id) {
      lines.push(
        'Two users have to do with this profile: the one that was made for it, and another one with its address.',
      );
    } else if (!own && !byEmail) {
      lines.push('No user that was made for this profile, and none with its address.');
    } else if (!own) {
      lines.push('No user that was made for this profile; one with its address.');
    } else if (byEmail) {
      lines.push('One user: it was made for this profile, and has its address.');
    } else {
      lines.push('One user: it was made for this profile, and has another address.');
    }
  } else if (!own && !byEmail) {
    lines.push('No user.');
  }
  const users = [own, byEmail?.id === own?.id ? null : byEmail, noted].filter(
    (each) => each !== null,
  );
  return { title, lines, rows: users.flatMap(workosRows) };
}

function workosRows(user: WorkosFacts): Row[] {
  const { id, email, emailVerified, firstName, lastName, externalId, lastSignInAt } = user;
  const name = [firstName, lastName].filter((part) => part !== undefined).join(' ');
  return [
    ['user', id],
    ['name', name || 'none'],
    ['address', `${email}, ${emailVerified ? 'verified' : 'not verified'} by WorkOS`],
    [
      'signed in',
      lastSignInAt === undefined
        ? 'never at WorkOS'
        : `at WorkOS, last on ${toDay(lastSignInAt)}: since the first time, WorkOS is where name, address and password are kept`,
    ],
    ['belongs to', ownerOf(user, externalId)],
    ...tagRows(user),
  ];
}

function ownerOf({ ours, pool }: WorkosFacts, externalId: string | undefined): string {
  if (externalId === undefined) return 'no Cognito profile yet (it has no external id)';
  if (ours) return `the Cognito profile ${externalId} (its external id)`;
  return pool === undefined
    ? `your own systems: its external id ${externalId} was not set by this sync`
    : `another user pool, ${pool} (external id ${externalId})`;
}

function tagRows(user: WorkosFacts): Row[] {
  if (!user.ours) return [];
  const { signsInWith, taggedUnverified, passwordCarried, providers, linkedSubs, syncedAt } = user;
  const ways = [
    ...(signsInWith.includes('password') ? ['a password'] : []),
    ...(signsInWith.includes('federated') ? [providers.join(', ') || 'a provider'] : []),
  ];
  const notes = [
    `signs in with ${ways.join(' and ') || 'nothing known'}`,
    ...(passwordCarried ? ['the password was carried over from Cognito'] : []),
    ...(taggedUnverified ? ['its Cognito profile has not proved the address'] : []),
    ...(linkedSubs.length > 0
      ? [`further Cognito profiles of the person: ${linkedSubs.join(', ')}`]
      : []),
    ...(syncedAt === undefined ? [] : [`last written by the sync on ${toDay(syncedAt)}`]),
  ];
  return [['the sync notes', notes.join('; ')]];
}

/** The other Cognito profiles that have to do with the account. */
export function othersSection({ others }: Explanation): Section | undefined {
  if (others.length === 0) return undefined;
  return {
    title: others.length === 1 ? 'The other Cognito profile' : 'The other Cognito profiles',
    lines: others.map(otherToText),
    rows: [],
  };
}

function otherToText({ sub, relations, profile }: OtherProfile): string {
  const why = [
    ...(relations.includes('holds_workos_user') ? ['the WorkOS user above belongs to it'] : []),
    ...(relations.includes('linked') ? ['is noted as a further profile of the person'] : []),
    ...(relations.includes('same_address') ? ['has the same address'] : []),
  ].join('; ');
  if (!profile) return `${sub}: Cognito does not have it any more; ${why}.`;
  const state = profile.enabled === false ? '; disabled' : '';
  const proof = profile.countsAsVerified
    ? 'has proved the address'
    : `has not proved the address${profile.doubt ? `, because ${doubtToText(profile.doubt)}` : ''}`;
  return `${who(profile)}, signs in ${signsIn(profile)}; ${proof}${state}; ${why} (sub ${sub}).`;
}
