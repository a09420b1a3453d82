import {
  type CognitoIdentityProviderClient,
  paginateListUserPools,
} from '@aws-sdk/client-cognito-identity-provider';
import { ask, type Fact } from '../preflight/check.ts';

export type ListedUserPool = { id: string; name: string };

/** The most that ListUserPools gives in one answer (API reference, ListUserPools, MaxResults). */
const PAGE = 60;

/** Every user pool of the account in the client's region. Needs `cognito-idp:ListUserPools`. */
export function listUserPools(
  client: CognitoIdentityProviderClient,
): Promise<Fact<ListedUserPool[]>> {
  return ask(async (abortSignal) => {
    const pools: ListedUserPool[] = [];
    const pages = paginateListUserPools(
      { client, pageSize: PAGE },
      { MaxResults: PAGE },
      { abortSignal },
    );
    for await (const { UserPools = [] } of pages) {
      for (const { Id: id, Name: name = '' } of UserPools) {
        if (id !== undefined) pools.push({ id, name });
      }
    }
    return pools;
  });
}
