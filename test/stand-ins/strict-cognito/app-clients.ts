import { apiError, invalid, ok } from './actions.ts';
import type { CognitoAnswer, CognitoRequestBody } from './types.ts';

/** As UserPoolClientType; Cognito describes it with its secret (docs/facts.md#cognito-secrets). */
export interface StrictAppClient {
  ClientId: string;
  ClientName: string;
  ClientSecret?: string;
  ExplicitAuthFlows?: string[];
  AllowedOAuthFlows?: string[];
  AllowedOAuthFlowsUserPoolClient?: boolean;
  SupportedIdentityProviders?: string[];
}

/** API reference, ListUserPoolClients: MaxResults; ListGroups: Limit. */
const MAXIMUM_RESULTS = 60;
const DATE = Date.UTC(2025, 0, 1) / 1000;

/** ListUserPoolClients, DescribeUserPoolClient and ListGroups, after the API reference. */
export function createPoolListActions(pool: {
  appClients?: StrictAppClient[] | undefined;
  groups?: string[] | undefined;
}): Record<string, (body: CognitoRequestBody) => CognitoAnswer> {
  return {
    ListUserPoolClients: ({ MaxResults = MAXIMUM_RESULTS, NextToken, UserPoolId }) => {
      // API reference, QueryLimit: 1 to 60.
      if (!isFrom(1, MaxResults)) return invalid(`Value '${MaxResults}' at 'maxResults' failed`);
      const page = toPage(pool.appClients ?? [], Number(MaxResults), NextToken, 'clients');
      if (!page) return invalid('Invalid pagination token.');
      const UserPoolClients = page.items.map(({ ClientId, ClientName }) => ({
        ClientId,
        ClientName,
        UserPoolId,
      }));
      return ok({ UserPoolClients, ...page.next });
    },
    DescribeUserPoolClient: ({ ClientId, UserPoolId }) => {
      if (typeof ClientId !== 'string' || !/^[\w+]{1,128}$/.test(ClientId)) {
        return invalid("1 validation error detected: Value at 'clientId' failed");
      }
      const client = (pool.appClients ?? []).find((each) => each.ClientId === ClientId);
      if (!client) {
        return apiError(
          'ResourceNotFoundException',
          `User pool client ${ClientId} does not exist.`,
        );
      }
      const dates = { LastModifiedDate: DATE, CreationDate: DATE };
      return ok({ UserPoolClient: { UserPoolId, RefreshTokenValidity: 30, ...client, ...dates } });
    },
    ListGroups: ({ Limit = MAXIMUM_RESULTS, NextToken, UserPoolId }) => {
      if (!isFrom(0, Limit)) return invalid(`Value '${Limit}' at 'limit' failed`);
      const page = toPage(pool.groups ?? [], Number(Limit) || MAXIMUM_RESULTS, NextToken, 'groups');
      if (!page) return invalid('Invalid pagination token.');
      const Groups = page.items.map((GroupName) => ({
        GroupName,
        UserPoolId,
        LastModifiedDate: DATE,
        CreationDate: DATE,
      }));
      return ok({ Groups, ...page.next });
    },
  };
}

function isFrom(least: number, value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= least && Number(value) <= MAXIMUM_RESULTS;
}

function toPage<T>(all: readonly T[], size: number, token: unknown, name: string) {
  const begin = token === undefined ? 0 : readToken(String(token), name);
  if (begin === undefined) return undefined;
  const end = begin + size;
  const NextToken = Buffer.from(`${name}:${end}`).toString('base64url');
  return { items: all.slice(begin, end), next: end < all.length ? { NextToken } : {} };
}

function readToken(token: string, name: string): number | undefined {
  const [, of, position] = /^(\w+):(\d+)$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  return of === name ? Number(position) : undefined;
}
