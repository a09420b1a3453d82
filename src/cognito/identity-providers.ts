import {
  type CognitoIdentityProviderClient,
  DescribeIdentityProviderCommand,
  ListIdentityProvidersCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import * as v from 'valibot';
import { classifyAwsError } from '../aws/classify-aws-error.ts';
import { summarizeError } from '../telemetry/summarize-error.ts';
import { answerToProvider, type IdentityProvider } from './identity-provider.ts';
import { createPoolRequest, type Patience, type PoolRequest } from './pool-requests.ts';
import { SourceError } from './user-source.ts';

/** The most that ListIdentityProviders gives at once (API reference: MaxResults). */
const PAGE_SIZE = 60;

type Pool = { client: CognitoIdentityProviderClient; userPoolId: string };
type Listed = { name: string; type?: string | undefined };

const listedSchema = v.object({
  ProviderName: v.pipe(v.string(), v.nonEmpty()),
  ProviderType: v.fallback(v.optional(v.string()), undefined),
});
const pageSchema = v.object({
  Providers: v.fallback(v.nullish(v.array(v.unknown()), []), []),
  NextToken: v.fallback(v.nullish(v.string()), undefined),
});
const answerSchema = v.object({ IdentityProvider: v.unknown() });

/**
 * The identity providers of a pool, without their secrets, with the IAM actions
 * `cognito-idp:ListIdentityProviders` and `cognito-idp:DescribeIdentityProvider`.
 *
 * Throttling and errors of the network are outlived ({@link createPoolRequest}). A provider that goes
 * away between the two requests is left out.
 *
 * @throws SourceError, never with a cause: what the SDK keeps of an answer it cannot read may hold
 *   a client secret.
 */
export async function readIdentityProviders(
  pool: Pool & { patience?: Partial<Patience>; signal?: AbortSignal },
): Promise<IdentityProvider[]> {
  const request = createPoolRequest(pool.userPoolId, pool.patience);
  const providers: IdentityProvider[] = [];
  try {
    for (const listed of await list(pool, request, pool.signal)) {
      const provider = await describe(pool, request, listed, pool.signal);
      if (provider) providers.push(provider);
    }
  } catch (error) {
    if (pool.signal?.aborted) throw pool.signal.reason;
    throw withoutPayload(error);
  }
  return providers;
}

async function list(pool: Pool, request: PoolRequest, signal?: AbortSignal): Promise<Listed[]> {
  const found = new Map<string, Listed>();
  const used = new Set<string>();
  let token: string | undefined;
  do {
    const command = new ListIdentityProvidersCommand({
      UserPoolId: pool.userPoolId,
      MaxResults: PAGE_SIZE,
      ...(token !== undefined && { NextToken: token }),
    });
    const send = (abortSignal: AbortSignal) => pool.client.send(command, { abortSignal });
    const answer = await request('ListIdentityProviders', send, signal);
    if (answer.kind !== 'ok') throw refused('ListIdentityProviders', pool.userPoolId);
    const page = v.parse(pageSchema, answer.value);
    for (const each of page.Providers ?? []) {
      if (!v.is(listedSchema, each)) continue;
      found.set(each.ProviderName, { name: each.ProviderName, type: each.ProviderType });
    }
    token = page.NextToken || undefined;
    if (token !== undefined && used.has(token)) throw new SourceError(CIRCLE);
    if (token !== undefined) used.add(token);
  } while (token !== undefined);
  return [...found.values()];
}

const CIRCLE =
  'the identity providers cannot be listed to their end (ListIdentityProviders has given the same NextToken twice): run the same command again';

async function describe(
  pool: Pool,
  request: PoolRequest,
  listed: Listed,
  signal?: AbortSignal,
): Promise<IdentityProvider | undefined> {
  const command = new DescribeIdentityProviderCommand({
    UserPoolId: pool.userPoolId,
    ProviderName: listed.name,
  });
  const send = (abortSignal: AbortSignal) =>
    pool.client.send(command, { abortSignal }).catch((error: unknown) => {
      // The pool was there a moment ago, so it is the provider that is not.
      if (classifyAwsError(error).kind === 'not_found') return 'gone' as const;
      throw error;
    });
  const answer = await request('DescribeIdentityProvider', send, signal);
  if (answer.kind !== 'ok') throw refused('DescribeIdentityProvider', pool.userPoolId);
  if (answer.value === 'gone') return undefined;
  const parsed = v.safeParse(answerSchema, answer.value);
  return answerToProvider(listed, parsed.success ? parsed.output.IdentityProvider : undefined);
}

function refused(action: string, userPoolId: string): SourceError {
  return new SourceError(
    `Cognito does not take the parameters of ${action} for the user pool ${userPoolId}: check the id, and report it if it is right`,
  );
}

function withoutPayload(error: unknown): SourceError {
  if (error instanceof SourceError) return new SourceError(error.message);
  const { name } = summarizeError(error);
  return new SourceError(
    `Cognito's answer about the identity providers cannot be read (${name}): run the same command again`,
  );
}
