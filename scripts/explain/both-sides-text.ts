import { toDay } from '../../src/explain/day.ts';
import type {
  Explanation,
  OtherProfile,
  ProfileFacts,
  WorkosFacts,
} from '../../src/explain/explanation.ts';
import { doubtToText, nameAtWorkos, who } from '../../src/explain/words.ts';
import type { Section } from './section.ts';

/** What stands in each row of the table, for a column. */
type Column = Record<(typeof ROWS)[number], string>;

const ROWS = [
  '',
  'name',
  'e-mail',
  'proved',
  'signs in',
  'last sign-in',
  'status',
  'belongs to',
  'made',
  'last changed',
] as const;

/** What Cognito and WorkOS have of the person, side by side. */
export function sidesSection(explanation: Explanation): Section {
  const { cognito, workos, sub } = explanation;
  const users = workos.known ? usersOf(workos.value) : [];
  const columns = [
    ...(cognito ? [profileColumn(cognito)] : []),
    ...users.map((user) => workosColumn(user, explanation)),
  ];
  return {
    title: 'What each side has',
    lines: [
      ...(cognito
        ? []
        : [`Cognito: no account with this ${sub === null ? 'e-mail address' : 'number (sub)'}.`]),
      ...(workos.known
        ? workosLines(explanation, workos.value)
        : [`WorkOS is unknown: ${workos.why}.`]),
    ],
    table: columns.length === 0 ? [] : toTable(columns),
  };
}

function usersOf({ own, byEmail, noted }: Record<'own' | 'byEmail' | 'noted', WorkosFacts | null>) {
  return [own, byEmail?.id === own?.id ? null : byEmail, noted].filter((each) => each !== null);
}

function toTable(columns: readonly Column[]): string[][] {
  return ROWS.filter((row) => columns.some((column) => column[row] !== '') || row === '').map(
    (row) => [row, ...columns.map((column) => column[row])],
  );
}

function profileColumn(profile: ProfileFacts): Column {
  const { name, email, status, enabled, createdAt, modifiedAt } = profile;
  return {
    '': 'Cognito, the old sign-in',
    name: name ?? 'none',
    'e-mail': email ?? 'none',
    proved: provedOf(profile),
    'signs in': signsIn(profile),
    'last sign-in': '',
    status: `${statusOf(status)}${enabled === false ? '; DISABLED' : ''}`,
    'belongs to': '',
    made: createdAt === undefined ? '' : toDay(createdAt),
    'last changed': modifiedAt === undefined ? '' : toDay(modifiedAt),
  };
}

function workosColumn(user: WorkosFacts, { sub, others }: Explanation): Column {
  const { email, emailVerified, externalId, lastSignInAt, syncedAt } = user;
  const holder = others.find((each) => each.sub === externalId)?.profile;
  return {
    '': 'WorkOS, the new sign-in',
    name: nameAtWorkos(user) || 'none',
    'e-mail': email,
    proved: emailVerified ? 'yes' : 'no',
    'signs in': waysOf(user),
    'last sign-in': lastSignInAt === undefined ? 'never' : toDay(lastSignInAt),
    status: '',
    'belongs to': ownerOf(user, sub, holder ?? undefined),
    made: '',
    'last changed': syncedAt === undefined ? '' : `${toDay(syncedAt)}, by the sync`,
  };
}

function provedOf({ email, emailVerified, countsAsVerified, doubt }: ProfileFacts): string {
  if (email === undefined) return '';
  if (countsAsVerified) {
    return emailVerified ? 'yes' : 'counts as proved, because its provider is trusted';
  }
  if (!doubt || doubt.kind === 'flag_missing') return 'no';
  return `no, because ${doubtToText(doubt)}`;
}

function signsIn({ kind, providers, status }: ProfileFacts): string {
  const names = providers.map(({ name }) => name).join(', ');
  if (kind === 'federated') return `through ${names || 'a provider'}`;
  const password =
    status === 'FORCE_CHANGE_PASSWORD'
      ? 'with a temporary password, until the person chooses one'
      : 'with a password';
  return names === '' ? password : `${password}, or through ${names} (linked to it)`;
}

function waysOf({ ours, signsInWith, passwordCarried, providers }: WorkosFacts): string {
  if (!ours) return '';
  const password = passwordCarried ? 'with the password of Cognito' : 'with a new password';
  const ways = [
    ...(signsInWith.includes('password') ? [password] : []),
    ...(signsInWith.includes('federated')
      ? [`through ${providers.join(' or ') || 'a provider'}`]
      : []),
  ];
  return ways.join(', or ');
}

/** Cognito's own words (API reference, UserType: UserStatus), and what they mean. */
function statusOf(status: string | undefined): string {
  switch (status) {
    case 'CONFIRMED':
      return 'the sign-up is complete';
    case 'EXTERNAL_PROVIDER':
      return 'made by a sign-in through a provider';
    case 'UNCONFIRMED':
      return 'the sign-up was never finished';
    case 'RESET_REQUIRED':
      return 'has to choose a new password';
    case 'FORCE_CHANGE_PASSWORD':
      return 'made by an administrator; the person has never chosen a password';
    default:
      return status ?? 'unknown';
  }
}

function workosLines(
  { cognito }: Explanation,
  { own, byEmail }: Record<'own' | 'byEmail', WorkosFacts | null>,
): string[] {
  if (!own && !byEmail) return ['WorkOS: no account.'];
  if (own && byEmail && own.id !== byEmail.id) {
    return ['WorkOS has two accounts: the one of this Cognito account, and one with its address.'];
  }
  if (cognito && !own) {
    return [
      'WorkOS has no account that was made for this Cognito account, but one with its address.',
    ];
  }
  return [];
}

function ownerOf(
  { ours, pool, externalId }: WorkosFacts,
  sub: string | null,
  holder: ProfileFacts | undefined,
): string {
  if (externalId === undefined) return 'no Cognito account';
  if (ours && externalId === sub) return 'this Cognito account';
  if (ours) return `another Cognito account${holder ? ` (${who(holder)})` : ''}`;
  return pool === undefined
    ? `your own systems, as number ${externalId}`
    : `another user pool, ${pool}`;
}

/** The other Cognito profiles that have to do with the account. */
export function othersSection({ others }: Explanation): Section | undefined {
  if (others.length === 0) return undefined;
  return {
    title: others.length === 1 ? 'The other Cognito account' : 'The other Cognito accounts',
    lines: others.map(otherToText),
  };
}

function otherToText({ sub, relations, profile }: OtherProfile): string {
  const why = [
    ...(relations.includes('holds_workos_user') ? ['the WorkOS account above belongs to it'] : []),
    ...(relations.includes('linked') ? ['is noted as a further one of the person'] : []),
    ...(relations.includes('same_address') ? ['has the same e-mail address'] : []),
  ].join('; ');
  if (!profile) return `Gone from Cognito; ${why} (sub ${sub}).`;
  const state = profile.enabled === false ? '; disabled' : '';
  const proof = profile.countsAsVerified
    ? 'has proved the address'
    : `has not proved the address${profile.doubt ? `, because ${doubtToText(profile.doubt)}` : ''}`;
  return `${who(profile)}, signs in ${signsIn(profile)}; ${proof}${state}; ${why} (sub ${sub}).`;
}
