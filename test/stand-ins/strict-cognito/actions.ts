import { createPoolListActions } from './app-clients.ts';
import { parseFilter } from './filter.ts';
import { createIdentityProviderActions } from './identity-providers.ts';
import { type PoolControl, poolActions } from './pool.ts';
import type { PaginationTokens } from './tokens.ts';
import type {
  CognitoAnswer,
  CognitoRequestBody,
  StrictCognitoOptions,
  StrictCognitoUser,
} from './types.ts';
import type { UserList } from './users.ts';

const MAXIMUM_LIMIT = 60;
/** API reference, ListUsers: UserPoolId. */
const POOL_ID = /^[\w-]+_[0-9a-zA-Z]+$/;

/** API reference, AdminGetUser: Username. */
const USERNAME = /^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u;

type ActionSettings = Pick<
  StrictCognitoOptions,
  'pageSize' | 'identityProviders' | 'userPools' | 'aliases' | 'appClients' | 'groups'
> & {
  userPoolId: string;
  users: UserList;
  tokens: PaginationTokens;
  pool: PoolControl;
  clock: () => number;
};

/**
 * The actions this project calls, after the Amazon Cognito user pools API reference (ListUsers,
 * AdminGetUser, DescribeUserPool; errors as in "Common errors").
 */
export function createActions(
  settings: ActionSettings,
): (action: string, body: CognitoRequestBody) => CognitoAnswer {
  const { userPoolId, users, tokens, pageSize = () => MAXIMUM_LIMIT } = settings;
  let pages = 0;

  function listUsers({
    Limit = MAXIMUM_LIMIT,
    PaginationToken,
    Filter,
    ...body
  }: CognitoRequestBody) {
    if (!Number.isInteger(Limit) || Number(Limit) < 0 || Number(Limit) > MAXIMUM_LIMIT) {
      return invalid(`1 validation error detected: Value '${Limit}' at 'limit' failed`);
    }
    const matches = typeof Filter === 'string' ? parseFilter(Filter) : () => true;
    if (!matches || body.AttributesToGet !== undefined) {
      return invalid('This stand-in knows neither AttributesToGet nor this Filter.');
    }
    const begin = PaginationToken === undefined ? 0 : tokens.read(String(PaginationToken));
    // The wording is Cognito's own (aws-sdk-js 3705).
    if (begin === undefined) return invalid(`Paging marker ${PaginationToken} is invalid`);
    const size = Math.min(Number(Limit) || MAXIMUM_LIMIT, pageSize(pages++));
    const page: StrictCognitoUser[] = [];
    let position = begin;
    for (; position < users.end() && page.length < size; position++) {
      const user = users.at(position);
      if (user && matches(user)) page.push(withoutMfa(user));
    }
    const isLast = position >= users.end();
    return ok({ Users: page, ...(!isLast && { PaginationToken: tokens.issue(position) }) });
  }

  function adminGetUser({ Username }: CognitoRequestBody) {
    if (typeof Username !== 'string' || !USERNAME.test(Username)) {
      return invalid("1 validation error detected: Value at 'username' failed");
    }
    const position = users.positionOf(Username);
    const user = position === undefined ? findByAlias(Username) : users.at(position);
    if (!user) return apiError('UserNotFoundException', 'User does not exist.');
    const { Attributes, ...rest } = user;
    return ok({ ...rest, UserAttributes: Attributes });
  }

  function findByAlias(name: string): StrictCognitoUser | undefined {
    const { aliases = [] } = settings;
    const isName = (text: string) => text.toLowerCase() === name.toLowerCase();
    for (let position = 0; aliases.length > 0 && position < users.end(); position++) {
      const user = users.at(position);
      const names = user?.Attributes.filter(({ Name }) => aliases.includes(Name)) ?? [];
      if (user && [user.Username, ...names.map(({ Value }) => Value)].some(isName)) return user;
    }
    return undefined;
  }

  /** API reference, ListUserPools: MaxResults is required; one pool a page, whatever it says. */
  function listUserPools({ MaxResults, NextToken = '0' }: CognitoRequestBody) {
    if (!Number.isInteger(MaxResults) || Number(MaxResults) < 1 || Number(MaxResults) > 60) {
      return invalid(`1 validation error detected: Value '${MaxResults}' at 'maxResults' failed`);
    }
    const { userPools = [{ id: userPoolId, name: 'Members' }] } = settings;
    const index = Number(NextToken);
    const UserPools = userPools
      .slice(index, index + 1)
      .map(({ id, name }) => ({ Id: id, Name: name }));
    const isLast = index + 1 >= userPools.length;
    return ok({ UserPools, ...(!isLast && { NextToken: String(index + 1) }) });
  }

  const actions: Record<string, (body: CognitoRequestBody) => CognitoAnswer> = {
    ListUsers: listUsers,
    AdminGetUser: adminGetUser,
    ...poolActions({ ...settings, control: settings.pool, estimatedUsers: users.end }),
    ...createIdentityProviderActions(settings.identityProviders),
    ...createPoolListActions(settings),
  };

  return (action, body) => {
    if (action === 'ListUserPools') return listUserPools(body);
    const { UserPoolId: id } = body;
    if (typeof id !== 'string' || !POOL_ID.test(id)) {
      return invalid(`1 validation error detected: Value '${id}' at 'userPoolId' failed`);
    }
    if (id !== userPoolId) {
      return apiError('ResourceNotFoundException', `User pool ${id} does not exist.`);
    }
    const act = actions[action];
    return act ? act(body) : apiError('UnknownOperationException', `No ${action} here.`);
  };
}

/** ListUsers leaves out a user's MFA methods; only AdminGetUser gives them (API reference, UserType). */
function withoutMfa({ UserMFASettingList: _, ...user }: StrictCognitoUser): StrictCognitoUser {
  return user;
}

export function ok(body: object): CognitoAnswer {
  return { status: 200, body };
}

export function apiError(type: string, message: string, status = 400): CognitoAnswer {
  return { status, body: { __type: type, message } };
}

export function invalid(message: string): CognitoAnswer {
  return apiError('InvalidParameterException', message);
}
