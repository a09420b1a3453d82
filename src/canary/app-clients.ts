import {
  type CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  DeleteUserPoolClientCommand,
  DescribeUserPoolClientCommand,
  ListUserPoolClientsCommand,
  type UserPoolClientType,
} from '@aws-sdk/client-cognito-identity-provider';
import { type CognitoAnswer, callCognito } from './call-cognito.ts';
import { type CanaryClient, type CanaryName, nameToText, textToName } from './mark.ts';

/** The canary's own app clients in the pool. */
export type AppClients = {
  create(name: CanaryName): Promise<CognitoAnswer<CanaryClient>>;
  /** All of them, of this run and of others. */
  list(): Promise<CognitoAnswer<CanaryClient[]>>;
  delete(id: string): Promise<CognitoAnswer<unknown>>;
};

/** The least that Cognito takes (API reference, CreateUserPoolClient). */
const SHORTEST_MINUTES = { token: 5, refreshToken: 60 };
const FLOWS = ['ALLOW_REFRESH_TOKEN_AUTH', 'ALLOW_USER_SRP_AUTH'] as const;
const PAGE_SIZE = 60;

export function createAppClients(pool: {
  client: Pick<CognitoIdentityProviderClient, 'send'>;
  userPoolId: string;
  /** See {@link callCognito}. */
  delayMs?: number;
}): AppClients {
  const { client: cognito, userPoolId: UserPoolId, delayMs } = pool;
  const call = <T>(action: string, send: () => Promise<T>) => callCognito(action, send, delayMs);

  async function describe(ClientId: string | undefined) {
    const answer = await call('DescribeUserPoolClient', () =>
      cognito.send(new DescribeUserPoolClientCommand({ UserPoolId, ClientId })),
    );
    if (answer.kind === 'ok') return toCanaryClient(answer.value.UserPoolClient);
    // Another run has just removed it.
    return answer.code === 'ResourceNotFoundException' ? undefined : answer;
  }

  return {
    async create(name) {
      const answer = await call('CreateUserPoolClient', () =>
        cognito.send(
          new CreateUserPoolClientCommand({
            UserPoolId,
            ClientName: nameToText(name),
            // Who does not know the secret can do nothing with the app client.
            GenerateSecret: true,
            ExplicitAuthFlows: [...FLOWS],
            PreventUserExistenceErrors: 'ENABLED',
            AccessTokenValidity: SHORTEST_MINUTES.token,
            IdTokenValidity: SHORTEST_MINUTES.token,
            RefreshTokenValidity: SHORTEST_MINUTES.refreshToken,
            TokenValidityUnits: {
              AccessToken: 'minutes',
              IdToken: 'minutes',
              RefreshToken: 'minutes',
            },
          }),
        ),
      );
      if (answer.kind === 'refused') return answer;
      const client = toCanaryClient(answer.value.UserPoolClient);
      const reason = 'Cognito answers CreateUserPoolClient without a secret';
      return client
        ? { kind: 'ok', value: client }
        : { kind: 'refused', code: 'no_secret', reason };
    },
    async list() {
      const clients: CanaryClient[] = [];
      let NextToken: string | undefined;
      do {
        const page = await call('ListUserPoolClients', () =>
          cognito.send(
            new ListUserPoolClientsCommand({
              UserPoolId,
              MaxResults: PAGE_SIZE,
              ...(NextToken && { NextToken }),
            }),
          ),
        );
        if (page.kind === 'refused') return page;
        for (const { ClientId, ClientName = '' } of page.value.UserPoolClients ?? []) {
          if (!textToName(ClientName)) continue;
          const client = await describe(ClientId);
          if (client && 'kind' in client) return client;
          if (client) clients.push(client);
        }
        NextToken = page.value.NextToken;
      } while (NextToken);
      return { kind: 'ok', value: clients };
    },
    async delete(ClientId) {
      const answer = await call('DeleteUserPoolClient', () =>
        cognito.send(new DeleteUserPoolClientCommand({ UserPoolId, ClientId })),
      );
      const isGone = answer.kind === 'refused' && answer.code === 'ResourceNotFoundException';
      return isGone ? { kind: 'ok', value: undefined } : answer;
    },
  };
}

/** Not by its name alone: an app client of the owner's has no secret of this kind, or other flows. */
function toCanaryClient({
  ClientId,
  ClientName = '',
  ClientSecret,
  ExplicitAuthFlows = [],
}: UserPoolClientType = {}): CanaryClient | undefined {
  const name = textToName(ClientName);
  const isOurs = ExplicitAuthFlows.toSorted().join() === FLOWS.join();
  if (!name || !ClientId || !ClientSecret || !isOurs) return undefined;
  return { id: ClientId, secret: ClientSecret, name };
}
