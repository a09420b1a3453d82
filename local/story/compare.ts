import type { UserType } from '@aws-sdk/client-cognito-identity-provider';
import { listCognitoUsers, listWorkosUsers } from '../emulators/cognito/list-users.ts';
import type { StrictUser } from '../emulators/workos.ts';
import { OAUTH_CLIENTS } from '../environment.ts';
import type { LocalSystem } from '../local-system.ts';

export type StoryComparison = {
  inSync: boolean;
  /** All users of the pool, also those that are not mirrored. */
  cognitoUsers: number;
  workosUsers: number;
  /** WorkOS users who sign in with the password that they have in Cognito. */
  carriedPasswords: number;
  /** One line each, in words. */
  differences: string[];
};

type Profile = {
  sub: string;
  email: string;
  verified: boolean;
  native: boolean;
  firstName?: string | undefined;
  lastName?: string | undefined;
  providers: string[];
};

/**
 * Compares every Cognito user with WorkOS, by the rules (docs/design.md#whose-account) as an outsider
 * can check them. It shares no code with `src/mirror`, on purpose: it checks that code.
 */
export async function compare(
  system: Pick<LocalSystem, 'cognitoClient' | 'userPoolId' | 'workos'>,
): Promise<StoryComparison> {
  const { cognitoClient, userPoolId, workos } = system;
  const cognitoUsers = await listCognitoUsers(cognitoClient, userPoolId);
  const workosUsers = await listWorkosUsers(workos);
  const profiles = cognitoUsers.filter(isMirrored).map(toProfile);
  const people = [...Map.groupBy(profiles, ({ email }) => email.toLowerCase()).values()];
  const left = new Set(workosUsers);
  // Nothing else in the story sets a password by its hash.
  const carried = workosUsers.filter(({ id }) => workos.control.passwordOf(id)?.kind === 'hash');
  const differences = people.flatMap((person) => {
    const [primary, others] = primaryOf(person);
    const matches = workosUsers.filter((user) => holds(user, person));
    for (const match of matches) left.delete(match);
    const [user] = matches;
    if (!user) return [`${primary.email} (${primary.sub}) is not in WorkOS`];
    if (matches.length > 1) return [`${primary.email} is ${matches.length} users in WorkOS`];
    const desired = expected(primary, others, { userPoolId, isCarried: carried.includes(user) });
    return differencesOf(user, desired).map((text) => `${primary.email} (${user.id}): ${text}`);
  });
  differences.push(...[...left].map((user) => `${user.email} (${user.id}) is not in Cognito`));
  return {
    inSync: differences.length === 0,
    cognitoUsers: cognitoUsers.length,
    workosUsers: workosUsers.length,
    carriedPasswords: carried.length,
    differences,
  };
}

function isMirrored({ UserStatus, Enabled, Attributes }: UserType): boolean {
  const hasEmail = Attributes?.some(({ Name, Value }) => Name === 'email' && Value) ?? false;
  return UserStatus !== 'UNCONFIRMED' && Enabled !== false && hasEmail;
}

function toProfile({ UserStatus, Attributes = [] }: UserType): Profile {
  const attributes = Object.fromEntries(Attributes.map(({ Name, Value }) => [Name, Value]));
  const [first, ...rest] = (attributes.name ?? '').split(/\s+/);
  const identities: { providerName: string }[] = JSON.parse(attributes.identities ?? '[]');
  return {
    sub: attributes.sub ?? '',
    email: attributes.email ?? '',
    verified: attributes.email_verified === 'true',
    native: UserStatus !== 'EXTERNAL_PROVIDER',
    firstName: attributes.given_name ?? (first || undefined),
    lastName: attributes.family_name ?? (rest.join(' ') || undefined),
    providers: identities.map(({ providerName }) => providerName),
  };
}

/** The profile a person's WorkOS user is made of, and the others that are linked to it. */
function primaryOf(person: Profile[]): [Profile, Profile[]] {
  const verified = person.filter((profile) => profile.verified);
  const candidates = verified.length > 0 ? verified : person.slice(0, 1);
  const [primary, ...others] = candidates.toSorted((a, b) => Number(b.native) - Number(a.native));
  if (!primary) throw new Error('a person has no profile');
  return [primary, others];
}

function holds({ external_id, metadata }: StrictUser, person: Profile[]): boolean {
  const subs = [external_id, ...(metadata.cognito_linked_subs?.split(',') ?? [])];
  return person.some(({ sub }) => subs.includes(sub));
}

/** What has to be in WorkOS; what is undefined can be anything, an absent name for example. */
function expected(
  primary: Profile,
  others: Profile[],
  { userPoolId, isCarried }: { userPoolId: string; isCarried: boolean },
) {
  const oauthClients: Record<string, { clientId: string } | undefined> = OAUTH_CLIENTS;
  const all = [primary, ...others];
  const providers = [...new Set(all.flatMap((profile) => profile.providers))].sort();
  const kinds = [
    ...(all.some(({ native }) => native) ? ['password'] : []),
    ...(providers.length > 0 ? ['federated'] : []),
    ...(primary.verified ? [] : ['unverified']),
    ...(isCarried ? ['carried'] : []),
  ];
  const clients = providers.flatMap((name) => {
    const client = oauthClients[name];
    return client ? [`${name}=${client.clientId}`] : [];
  });
  return {
    external_id: primary.sub,
    email: primary.email,
    email_verified: primary.verified,
    first_name: primary.firstName,
    last_name: primary.lastName,
    cognito_pool: userPoolId,
    cognito_auth: kinds.join('+'),
    federated_providers: providers.join(','),
    oauth_clients: clients.join(','),
    cognito_linked_subs: others
      .map(({ sub }) => sub)
      .sort()
      .join(','),
  };
}

/** WorkOS's own once the person has signed in there. */
const OWNED = ['email', 'email_verified', 'first_name', 'last_name'];

function differencesOf(user: StrictUser, desired: ReturnType<typeof expected>): string[] {
  const actual: Record<string, unknown> = { ...user, ...user.metadata };
  return Object.entries(desired).flatMap(([field, value]) => {
    const found = actual[field] ?? '';
    const isTheirs = user.last_sign_in_at !== null && OWNED.includes(field);
    if (value === undefined || found === value || isTheirs) return [];
    return [`${field} is ${JSON.stringify(found)}, not ${JSON.stringify(value)}`];
  });
}
