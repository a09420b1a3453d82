import {
  type CognitoIdentityProviderClient,
  paginateListUsers,
  type UserType,
} from '@aws-sdk/client-cognito-identity-provider';
import type { StrictUser } from '../workos.ts';

/** All users of a pool, page by page. */
export async function listCognitoUsers(
  client: CognitoIdentityProviderClient,
  userPoolId: string,
): Promise<UserType[]> {
  const users: UserType[] = [];
  for await (const page of paginateListUsers({ client }, { UserPoolId: userPoolId })) {
    users.push(...(page.Users ?? []));
  }
  return users;
}

type ListedUsersPage = { data: StrictUser[]; list_metadata: { after: string | null } };

/** All users of a WorkOS environment, page by page. */
export async function listWorkosUsers(workos: {
  url: string;
  apiKey: string;
}): Promise<StrictUser[]> {
  const users: StrictUser[] = [];
  const query = new URLSearchParams({ limit: '100', order: 'asc' });
  for (;;) {
    const response = await fetch(`${workos.url}/user_management/users?${query}`, {
      headers: { authorization: `Bearer ${workos.apiKey}` },
    });
    if (!response.ok) throw new Error(`WorkOS answered the list of users with ${response.status}`);
    const page = (await response.json()) as ListedUsersPage;
    users.push(...page.data);
    if (page.list_metadata.after === null) return users;
    query.set('after', page.list_metadata.after);
  }
}
