import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  GetUserPoolMfaConfigCommand,
  ListGroupsCommand,
  ListUserPoolClientsCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { readIdentityProviders } from '../cognito/identity-providers.ts';
import { createPoolRequest, type PoolRequest } from '../cognito/pool-requests.ts';
import { SourceError } from '../cognito/user-source.ts';
import type { KnownFact } from '../readiness/facts.ts';
import { type AppClient, answerToAppClient } from './app-client.ts';
import type { PoolAnswers } from './facts.ts';
import { poolToProfile } from './pool-profile.ts';

type Pool = { client: CognitoIdentityProviderClient; userPoolId: string; signal: AbortSignal };
type AskedPool = Pool & { request: PoolRequest };

const PATIENCE = { troubleMs: 20_000, firstContactMs: 10_000 };
/** Each app client is a request of its own (quota UserPoolClientRead, 15 a second): more are counted only. */
const MOST_CLIENTS = 200;
/** The most that ListUserPoolClients and ListGroups give at once (API reference: MaxResults, Limit). */
const PAGE_SIZE = 60;
/** A pool has 10,000 groups at most (developer guide, quotas): 167 pages. */
const MOST_PAGES = 170;

/**
 * What Cognito says of the pool itself, side by side. What may not be asked is unknown, with what to allow.
 *
 * Needs, each for its own part, cognito-idp:DescribeUserPool, GetUserPoolMfaConfig, ListUserPoolClients and
 * DescribeUserPoolClient, ListGroups, ListIdentityProviders and DescribeIdentityProvider.
 */
export async function askPool(pool: Pool): Promise<PoolAnswers> {
  const asked = { ...pool, request: createPoolRequest(pool.userPoolId, PATIENCE) };
  const [profile, mfa, appClients, groups, providers] = await Promise.all([
    known(pool, () => describe(asked)),
    known(pool, () => readMfa(asked)),
    known(pool, () => readAppClients(asked)),
    known(pool, () => listGroups(asked)),
    known(pool, () => readIdentityProviders({ ...pool, patience: PATIENCE })),
  ]);
  return { profile, mfa, appClients, groups, providers };
}

async function known<T>({ signal }: Pool, ask: () => Promise<T>): Promise<KnownFact<T>> {
  try {
    return { known: true, value: await ask() };
  } catch (error) {
    if (signal.aborted || !(error instanceof SourceError)) throw error;
    return { known: false, why: error.message };
  }
}

async function answered<T>(
  { request, signal, userPoolId }: AskedPool,
  action: string,
  send: (abortSignal: AbortSignal) => Promise<T>,
): Promise<T> {
  const answer = await request(action, send, signal);
  if (answer.kind === 'ok') return answer.value;
  throw new SourceError(`Cognito refuses ${action} for the user pool ${userPoolId}`);
}

async function describe(pool: AskedPool) {
  const command = new DescribeUserPoolCommand({ UserPoolId: pool.userPoolId });
  const { UserPool } = await answered(pool, 'DescribeUserPool', (abortSignal) =>
    pool.client.send(command, { abortSignal }),
  );
  if (UserPool) return poolToProfile(UserPool);
  throw new SourceError(`Cognito does not describe the user pool ${pool.userPoolId}`);
}

/** Which second factors the pool offers (API reference, GetUserPoolMfaConfig), and its passkeys. */
async function readMfa(pool: AskedPool): Promise<PoolMfa> {
  const command = new GetUserPoolMfaConfigCommand({ UserPoolId: pool.userPoolId });
  const answer = await answered(pool, 'GetUserPoolMfaConfig', (abortSignal) =>
    pool.client.send(command, { abortSignal }),
  );
  const kinds = [
    ...(answer.SoftwareTokenMfaConfiguration?.Enabled ? (['totp'] as const) : []),
    ...(answer.SmsMfaConfiguration?.SmsConfiguration ? (['sms'] as const) : []),
    ...(answer.EmailMfaConfiguration ? (['email'] as const) : []),
  ];
  return { setting: answer.MfaConfiguration ?? 'OFF', kinds };
}

type PoolMfa = Extract<PoolAnswers['mfa'], { known: true }>['value'];

async function readAppClients(pool: AskedPool) {
  const ids = await listAll(pool, 'ListUserPoolClients', async (NextToken, abortSignal) => {
    const command = new ListUserPoolClientsCommand({
      UserPoolId: pool.userPoolId,
      MaxResults: PAGE_SIZE,
      ...(NextToken !== undefined && { NextToken }),
    });
    const page = await pool.client.send(command, { abortSignal });
    const items = (page.UserPoolClients ?? []).flatMap(({ ClientId }) => ClientId ?? []);
    return { items, next: page.NextToken };
  });
  const clients: AppClient[] = [];
  for (const ClientId of ids.slice(0, MOST_CLIENTS)) {
    const command = new DescribeUserPoolClientCommand({ UserPoolId: pool.userPoolId, ClientId });
    // The answer holds the client's secret: only named fields of it are read, and it goes no further.
    const answer = await answered(pool, 'DescribeUserPoolClient', (abortSignal) =>
      pool.client.send(command, { abortSignal }),
    );
    clients.push(answerToAppClient(answer.UserPoolClient));
  }
  return { clients, notDescribed: ids.length - clients.length };
}

/** Names alone: who is in a group costs a request for every 60 of its users, from the quota of ListUsers. */
async function listGroups(pool: AskedPool): Promise<{ names: string[] }> {
  const names = await listAll(pool, 'ListGroups', async (NextToken, abortSignal) => {
    const command = new ListGroupsCommand({
      UserPoolId: pool.userPoolId,
      Limit: PAGE_SIZE,
      ...(NextToken !== undefined && { NextToken }),
    });
    const page = await pool.client.send(command, { abortSignal });
    const items = (page.Groups ?? []).flatMap(({ GroupName }) => GroupName ?? []);
    return { items, next: page.NextToken };
  });
  return { names };
}

async function listAll(
  pool: AskedPool,
  action: string,
  send: (
    token: string | undefined,
    abortSignal: AbortSignal,
  ) => Promise<{ items: string[]; next: string | undefined }>,
): Promise<string[]> {
  const all = new Set<string>();
  let token: string | undefined;
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const { items, next } = await answered(pool, action, (signal) => send(token, signal));
    for (const item of items) all.add(item);
    if (!next) return [...all];
    token = next;
  }
  throw new SourceError(`${action} has not come to an end after ${MOST_PAGES} pages`);
}
