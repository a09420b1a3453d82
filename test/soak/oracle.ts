import type { StrictUser } from '../../local/emulators/workos.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import type { World } from './world.ts';

/** A WorkOS user as it has to be; where the rules let either of several be first, they are all named. */
type Expected = {
  email: string;
  /** The WorkOS user that was there before, if one was. */
  id?: string;
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
 * What WorkOS has to show at the end, from DESIGN's section 4 and nothing else: no code of the mirror.
 *
 * @returns what is wrong, one line each.
 */
export function findDifferences(world: World, workos: readonly StrictUser[]): string[] {
  const byEmail = new Map(workos.map((user) => [user.email.toLowerCase(), user]));
  const expected = worldToExpected(world);
  const wanted = new Set(expected.map(({ email }) => email));
  const extra = workos.filter(({ email }) => !wanted.has(email.toLowerCase()));
  return [
    ...extra.map(({ id, email, external_id }) => `${id} ${email} (${external_id}): not expected`),
    ...expected.flatMap((each) => compare(each, byEmail.get(each.email))),
    ...findRepeated(workos),
  ];
}

/** Those whom WorkOS refuses: each of them is a dead letter, and nobody else. */
export function isRefused({ email }: ObservedUser): boolean {
  return email !== undefined && !email.includes('@');
}

function worldToExpected({ profiles, before }: World): Expected[] {
  const users = [...profiles.values()]
    .map(({ now }) => now)
    .filter((user) => user.enabled !== false && !isRefused(user));
  const byAddress = Map.groupBy(users, ({ email = '' }) => email.toLowerCase());
  const addresses = new Set([...byAddress.keys(), ...before.keys()]);
  return [...addresses].map((email) => expectAt(email, byAddress.get(email), before.get(email)));
}

function expectAt(email: string, users: ObservedUser[] = [], before?: StrictUser): Expected {
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

/** What is not ours to change. */
function unchanged(email: string, before: StrictUser): Expected {
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

function compare(expected: Expected, user: StrictUser | undefined): string[] {
  const { email } = expected;
  if (!user) return [`${email}: nobody has it`];
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
  const wrong = facts.filter(([, found, wanted]) => found !== wanted);
  return [
    ...(expected.externalIds.includes(user.external_id)
      ? []
      : [`${email}: external_id ${user.external_id}, not of ${expected.externalIds.join(', ')}`]),
    ...wrong.map(([what, found, wanted]) => `${email}: ${what} is ${found}, not ${wanted}`),
  ];
}

/** Nobody is there twice: neither as two users, nor as a user and as another one's second profile. */
function findRepeated(workos: readonly StrictUser[]): string[] {
  const subs = workos.flatMap(({ external_id, metadata }) => [
    ...(external_id === null ? [] : [external_id]),
    ...(metadata.cognito_linked_subs ?? '').split(',').filter((sub) => sub !== ''),
  ]);
  const seen = new Set<string>();
  return subs.flatMap((sub) => {
    if (seen.has(sub)) return [`${sub}: is there twice`];
    seen.add(sub);
    return [];
  });
}

function isFederated({ status }: ObservedUser): boolean {
  return status === 'EXTERNAL_PROVIDER';
}
