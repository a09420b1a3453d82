import * as v from 'valibot';
import { RESET_MAILED_AT } from '../../src/mirror/decide/metadata.ts';
import type { PoolUser } from '../emulators/cognito/cognito-local.ts';
import { attributeOf } from '../emulators/cognito/engine.ts';
import type { StrictUser } from '../emulators/workos.ts';

/** A Cognito profile, as far as it is shown. */
export type ShownProfile = {
  sub: string;
  /** Empty where the profile has none. */
  email: string;
  isVerified: boolean;
  /** Empty where the profile has none. */
  name: string;
  status: string;
  isEnabled: boolean;
  /** Of the providers that it signs in through. */
  providers: string[];
};

/** A WorkOS user, as far as it is shown. */
export type ShownUser = {
  id: string;
  email: string;
  isVerified: boolean;
  name: string;
  externalId: string;
  /** The parts of `cognito_auth`. */
  auth: string[];
  providers: string[];
  /** `Name=client_id` of each. */
  clients: string[];
  /** The subs of `cognito_linked_subs`. */
  linked: string[];
  /** Has signed in at WorkOS. */
  hasSignedIn: boolean;
  /** Was mailed to choose a password. */
  isMailed: boolean;
};

/** One that cannot be read is shown without providers: what a user has written must not end the run. */
const identitiesSchema = v.fallback(
  v.pipe(v.string(), v.parseJson(), v.array(v.object({ providerName: v.string() }))),
  [],
);

export function toShownProfile(
  user: Pick<PoolUser, 'Attributes' | 'UserStatus' | 'Enabled'>,
): ShownProfile {
  const of = (name: string) => attributeOf(user, name) ?? '';
  const identities = v.parse(identitiesSchema, of('identities'));
  return {
    sub: of('sub'),
    email: of('email'),
    isVerified: of('email_verified') === 'true',
    name: [of('given_name'), of('family_name')].filter(Boolean).join(' ') || of('name'),
    status: user.UserStatus,
    isEnabled: user.Enabled,
    providers: identities.map(({ providerName }) => providerName),
  };
}

export function toShownUser(user: StrictUser): ShownUser {
  const { metadata } = user;
  return {
    id: user.id,
    email: user.email,
    isVerified: user.email_verified,
    name: [user.first_name, user.last_name].filter(Boolean).join(' '),
    externalId: user.external_id ?? '',
    auth: split(metadata.cognito_auth, '+'),
    providers: split(metadata.federated_providers, ','),
    clients: split(metadata.oauth_clients, ','),
    linked: split(metadata.cognito_linked_subs, ','),
    hasSignedIn: user.last_sign_in_at !== null,
    isMailed: metadata[RESET_MAILED_AT] !== undefined,
  };
}

function split(text: string | undefined, separator: string): string[] {
  return text ? text.split(separator) : [];
}
