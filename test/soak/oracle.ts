import type { StrictUser } from '../../local/emulators/workos.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import type { SoakWorld } from './world.ts';

/** The WorkOS user that the rules require at an address. */
type ExpectedWorkosUser = {
  email: string;
  /** The WorkOS user that existed before the soak, if one did. */
  id?: string;
  /** Several where the rules leave it to the order of arrival. */
  externalIds: (string | null)[];
  emailVerified: boolean;
  /** For each possible external id. */
  names: (externalId: string | null) => string;
  linkedTo: (externalId: string | null) => string;
  auth?: string;
  providers?: string;
  plan?: string;
};

/**
 * Compares WorkOS at the end with the rules of docs/design.md#whose-account, written here a second time
 * without any code of the mirror.
 *
 * @returns one line for each difference.
 */
export function findDifferences(world: SoakWorld, workos: readonly StrictUser[]): string[] {
  const byEmail = new Map(workos.map((user) => [user.email.toLowerCase(), user]));
  const expected = worldToExpected(world);
  const known = new Set(expected.map(({ email }) => email));
  const extra = workos.filter(({ email }) => !known.has(email.toLowerCase()));
  return [
    ...extra.map(({ id, email, external_id }) => `${id} ${email} (${external_id}): not expected`),
    ...expected.flatMap((each) => compare(each, byEmail.get(each.email))),
    ...findRepeated(workos),
  ];
}

/** WorkOS refuses the address of these users, and of no others. */
export function isRefused({ email }: ObservedUser): boolean {
  return email !== undefined && !email.includes('@');
}

function worldToExpected({ profiles, before }: SoakWorld): ExpectedWorkosUser[] {
  const users = [...profiles.values()]
    .map(({ now }) => now)
    .filter((user) => user.enabled !== false && !isRefused(user));
  const byAddress = Map.groupBy(users, ({ email = '' }) => email.toLowerCase());
  const addresses = new Set([...byAddress.keys(), ...before.keys()]);
  return [...addresses].map((email) => expectAt(email, byAddress.get(email), before.get(email)));
}

function expectAt(
  email: string,
  users: ObservedUser[] = [],
  before?: StrictUser,
): ExpectedWorkosUser {
  const verified = users.filter(({ emailVerified }) => emailVerified);
  const isUntouchable = before && (before.external_id !== null || !before.email_verified);
  if (before && (isUntouchable || verified.length === 0)) return unchanged(email, before);
  const owners = verified.length > 0 ? verified : users;
  const hasCrossedOver = before !== undefined && before.last_sign_in_at !== null;
  const natives = owners.filter((user) => !isFederated(user));
  const first = hasCrossedOver || natives.length === 0 ? owners : natives;
  const linked = verified.length > 0 ? owners : [];
  const auth = [
    ...(natives.length > 0 ? ['password'] : []),
    ...(natives.length < owners.length ? ['federated'] : []),
    ...(verified.length === 0 ? ['unverified'] : []),
  ];
  return {
    email,
    ...(before && { id: before.id, plan: before.metadata.plan ?? '' }),
    externalIds: first.map(({ sub }) => sub),
    emailVerified: verified.length > 0,
    names(externalId) {
      if (hasCrossedOver) return `${before.first_name} ${before.last_name}`;
      const owner = owners.find(({ sub }) => sub === externalId);
      return `${owner?.givenName} ${owner?.familyName}`;
    },
    linkedTo: (externalId) =>
      linked
        .map(({ sub }) => sub)
        .filter((sub) => sub !== externalId)
        .sort()
        .join(','),
    auth: auth.join('+'),
    providers: owners
      .flatMap(({ identities }) => identities.map(({ providerName }) => providerName))
      .sort()
      .join(','),
  };
}

/** A WorkOS user that the mirror must not change. */
function unchanged(email: string, before: StrictUser): ExpectedWorkosUser {
  return {
    email,
    id: before.id,
    externalIds: [before.external_id],
    emailVerified: before.email_verified,
    names: () => `${before.first_name} ${before.last_name}`,
    linkedTo: () => '',
    auth: '',
    providers: '',
    plan: before.metadata.plan ?? '',
  };
}

function compare(expected: ExpectedWorkosUser, user: StrictUser | undefined): string[] {
  const { email } = expected;
  if (!user) return [`${email}: no WorkOS user has it`];
  const { metadata } = user;
  const facts: [string, unknown, unknown][] = [
    ['id', user.id, expected.id ?? user.id],
    ['email_verified', user.email_verified, expected.emailVerified],
    ['names', `${user.first_name} ${user.last_name}`, expected.names(user.external_id)],
    ['linked', metadata.cognito_linked_subs ?? '', expected.linkedTo(user.external_id)],
    ['auth', metadata.cognito_auth ?? '', expected.auth ?? ''],
    ['providers', metadata.federated_providers ?? '', expected.providers ?? ''],
    ['plan', metadata.plan ?? '', expected.plan ?? ''],
  ];
  const wrong = facts.filter(([, found, required]) => found !== required);
  return [
    ...(expected.externalIds.includes(user.external_id)
      ? []
      : [`${email}: external_id ${user.external_id}, not of ${expected.externalIds.join(', ')}`]),
    ...wrong.map(([what, found, required]) => `${email}: ${what} is ${found}, not ${required}`),
  ];
}

/** A sub may be one external id or one linked sub, not both and not twice. */
function findRepeated(workos: readonly StrictUser[]): string[] {
  const subs = workos.flatMap(({ external_id, metadata }) => [
    ...(external_id === null ? [] : [external_id]),
    ...(metadata.cognito_linked_subs ?? '').split(',').filter((sub) => sub !== ''),
  ]);
  const seen = new Set<string>();
  return subs.flatMap((sub) => {
    if (seen.has(sub)) return [`${sub}: found twice`];
    seen.add(sub);
    return [];
  });
}

function isFederated({ status }: ObservedUser): boolean {
  return status === 'EXTERNAL_PROVIDER';
}
