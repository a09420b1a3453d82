import {
  AdminGetUserCommand,
  type CognitoIdentityProviderClient,
  type UserType,
} from '@aws-sdk/client-cognito-identity-provider';
import { classifyAwsError } from '../aws/classify-aws-error.ts';
import { filterUsers } from '../cognito/filter-users.ts';
import type { PoolRequest } from '../cognito/pool-requests.ts';
import { SourceError } from '../cognito/user-source.ts';
import { isSameAddress, toAddressKey } from '../user/address.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import { userRecordToUser } from '../user/user-record.ts';

/** A profile with the date that only people want to know: ISO 8601 in UTC. */
export type PoolProfile = { user: ObservedUser; createdAt?: string };

/** Profiles of the live pool, as it has them now. Both reject with SourceError. */
export interface PoolLookup {
  bySub(sub: string): Promise<PoolProfile | undefined>;
  /** Every profile with this address. */
  byEmail(email: string): Promise<PoolProfile[]>;
}

/** What Cognito takes for a sub; what it does not take is not asked for. */
const SUB = /^[\x21-\x7e]{1,128}$/;

/**
 * Needs cognito-idp:ListUsers, and for a profile whose address is written in other letters than the one asked for
 * cognito-idp:AdminGetUser: whether the filter of ListUsers tells upper from lower case for `email` is not documented
 * (docs/facts.md#cognito-list-users).
 */
export function createPoolLookup(dependencies: {
  client: CognitoIdentityProviderClient;
  request: PoolRequest;
  userPoolId: string;
  clock: () => Date;
  signal: AbortSignal;
}): PoolLookup {
  const { client, request, userPoolId, clock, signal } = dependencies;

  async function list(attribute: 'sub' | 'email', value: string): Promise<PoolProfile[]> {
    const found: PoolProfile[] = [];
    const pages = filterUsers({ userPoolId, attribute, value, clock }, async (command) => {
      const answer = await request(
        'ListUsers',
        (abortSignal) => client.send(command, { abortSignal }),
        signal,
      );
      return answer.kind === 'ok' ? answer.value : undefined;
    });
    for await (const page of pages) {
      if (page.kind === 'unknown') {
        throw new SourceError(
          `Cognito gave no usable answer about a profile of the pool ${userPoolId}: check the id of the pool`,
        );
      }
      for (const record of page.records) found.push(toProfile(record, userPoolId, page.observedAt));
    }
    return found;
  }

  /** The sub of the profile that signs in with this address, in whatever letters the pool lets it be written. */
  async function subByAlias(email: string): Promise<string | undefined> {
    const command = new AdminGetUserCommand({ UserPoolId: userPoolId, Username: email });
    try {
      const answer = await request(
        'AdminGetUser',
        (abortSignal) => client.send(command, { abortSignal }),
        signal,
      );
      if (answer.kind !== 'ok') return undefined;
      return answer.value.UserAttributes?.find(({ Name }) => Name === 'sub')?.Value;
    } catch (error) {
      // Without this permission the filter's answer is all there is. That Cognito is busy does not say "no such user".
      const isTransient =
        classifyAwsError(error instanceof Error && error.cause).kind === 'transient';
      if (error instanceof SourceError && !signal.aborted && !isTransient) return undefined;
      throw error;
    }
  }

  return {
    async bySub(sub) {
      return SUB.test(sub) ? (await list('sub', sub))[0] : undefined;
    },
    async byEmail(email) {
      const profiles = new Map<string, PoolProfile>();
      for (const spelling of new Set([email, toAddressKey(email)])) {
        for (const profile of await list('email', spelling)) {
          profiles.set(profile.user.sub, profile);
        }
      }
      const sub = await subByAlias(email);
      const byAlias = sub === undefined || profiles.has(sub) ? undefined : await this.bySub(sub);
      if (byAlias) profiles.set(byAlias.user.sub, byAlias);
      return [...profiles.values()].filter(({ user }) => isSameAddress(user.email, email));
    },
  };
}

function toProfile(record: UserType, userPoolId: string, observedAt: Date): PoolProfile {
  const parsed = userRecordToUser(record, userPoolId, observedAt);
  if (parsed.kind === 'malformed') {
    throw new SourceError(`a profile of the pool cannot be read (${parsed.reason})`);
  }
  const created = record.UserCreateDate;
  return { user: parsed.user, ...(created && { createdAt: created.toISOString() }) };
}
