import { createHash } from 'node:crypto';
import type { PoolUser } from './emulators/cognito/cognito-local.ts';
import { createFederatedProfile } from './emulators/cognito/federated-sign-in.ts';
import { PASSWORD, TEMPORARY_PASSWORD } from './people.ts';

const GIVEN_NAMES =
  'Noor Mei Zoë Kofi Inés Tomás Aiko Lars Amara Ravi Elif Hugo Wanjiru Björn Sana Diego Freya Omar Lucía Piotr';
const FAMILY_NAMES =
  'Haddad Chen Okafor Lindqvist García Tanaka Mensah Novák Rossi Kaya Dubois Singh Kowalski Nguyen Santos Weber';

type Names = Record<string, string>;
/** `names` as Cognito's attributes. */
type ExistingPerson = { index: number; email: string; names: Names; since: Date };
type Kind = {
  count: number;
  /** The first person of the kind; default: the next one who is in no other. */
  from?: number;
  user(person: ExistingPerson): PoolUser;
};

const VERIFIED = { email_verified: 'true' };
const UNVERIFIED = { email_verified: 'false' };

/** Every kind of user that a pool of some age has. */
const KINDS: readonly Kind[] = [
  { count: 190, user: (person) => native(person, VERIFIED) },
  { count: 15, user: (person) => native(person, UNVERIFIED) },
  {
    count: 20,
    user: (person) => ({
      ...native(person, VERIFIED),
      UserStatus: 'FORCE_CHANGE_PASSWORD',
      Password: TEMPORARY_PASSWORD,
    }),
  },
  {
    count: 10,
    user: (person) => ({ ...native(person, VERIFIED), UserStatus: 'RESET_REQUIRED' }),
  },
  { count: 30, user: (person) => federated(person, 'Google', true) },
  // The same people as some of the first kind: a second profile of each.
  { count: 8, from: 20, user: (person) => federated(person, 'Google', true) },
  { count: 6, user: (person) => federated(person, 'Facebook', false) },
  // Cognito has no proof that these addresses are theirs.
  { count: 4, from: 40, user: (person) => federated(person, 'Facebook', false) },
  {
    count: 12,
    user: (person) => ({ ...native(person, UNVERIFIED), UserStatus: 'UNCONFIRMED' }),
  },
  { count: 7, user: (person) => ({ ...native(person, VERIFIED), Enabled: false }) },
  { count: 8, user: phoneOnly },
];

/**
 * The users of a pool that has been in use for years, the same ones each time. The first two, Noor and
 * Mei Haddad, are confirmed and sign in with `PASSWORD`.
 */
export function existingUsers(): PoolUser[] {
  let next = 0;
  return KINDS.flatMap(({ count, from, user }) => {
    const first = from ?? next;
    if (from === undefined) next += count;
    return Array.from({ length: count }, (_, index) => user(personAt(first + index)));
  });
}

function personAt(index: number): ExistingPerson {
  const given = nameAt(GIVEN_NAMES, index);
  const family = nameAt(FAMILY_NAMES, Math.floor(index / GIVEN_NAMES.split(' ').length));
  return {
    index,
    email: `${ascii(given)}.${ascii(family)}@example.com`,
    names: namesAt(index, given, family),
    since: new Date(Date.UTC(2019, 0, 1 + 7 * index, 9, 30)),
  };
}

/** Most have two attributes, some one with the full name, some none. */
function namesAt(index: number, given: string, family: string): Names {
  if (index % 9 === 4) return { name: `${given} ${family}` };
  return index % 13 === 6 ? {} : { given_name: given, family_name: family };
}

function native(
  { email, names, since }: ExistingPerson,
  flags: { email_verified: string },
): PoolUser {
  return nativeProfile(since, { sub: uuidOf(email), email, ...flags, ...names });
}

function phoneOnly({ index, email, names, since }: ExistingPerson): PoolUser {
  const phone_number = `+1202555${String(100 + (index % 100)).padStart(4, '0')}`;
  const verified = { phone_number, phone_number_verified: 'true' };
  return nativeProfile(since, { sub: uuidOf(email), ...verified, ...names });
}

/** Where people sign in with an address or a phone number, their username is the sub. */
function nativeProfile(since: Date, attributes: { sub: string } & Names): PoolUser {
  return {
    Username: attributes.sub,
    UserStatus: 'CONFIRMED',
    Enabled: true,
    Attributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
    UserCreateDate: since,
    UserLastModifiedDate: since,
    Password: PASSWORD,
    RefreshTokens: [],
  };
}

function federated(person: ExistingPerson, providerName: string, emailVerified: boolean): PoolUser {
  const { index, email, since } = person;
  const { given_name: givenName, family_name: familyName, name } = person.names;
  const claims = {
    providerName,
    userId: String(100_000_000_000_000_000_000n + BigInt(index)),
    email,
    emailVerified,
    ...(givenName && { givenName }),
    ...(familyName && { familyName }),
    ...(name && { name }),
  };
  return createFederatedProfile(claims, uuidOf(`${providerName} ${email}`), since);
}

function nameAt(names: string, index: number): string {
  const all = names.split(' ');
  return all[index % all.length] ?? '';
}

function ascii(name: string): string {
  return name
    .normalize('NFD')
    .replaceAll(/[^a-z]/gi, '')
    .toLowerCase();
}

function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');
}
