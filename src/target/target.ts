import { askForCaller } from '../preflight/caller.ts';
import { askForPool } from '../preflight/pool.ts';
import { type ConsumerKey, compareWithConsumer } from './consumer-key.ts';
import type { TargetDependencies } from './target-dependencies.ts';
import { fingerprintOf, keyToEnvironment, type WorkosEnvironment } from './workos-environment.ts';

/** What a command is about to read or write. What could not be found out is absent. */
export type Target = {
  account?: string;
  region: string;
  userPool: { id: string; name?: string; users?: number };
  /** Absent for a command that does not ask WorkOS. */
  workos?: {
    host: string;
    environment: WorkosEnvironment;
    /** Tells keys apart, and tells nothing of the key. */
    keyFingerprint: string;
    /** Of the first page; `hasMore` where there are more than these. */
    users?: { count: number; hasMore: boolean };
    consumerKey: ConsumerKey;
  };
};

/** The banner must not hold a command up for longer. */
const WORKOS_DEADLINE_MS = 5_000;

/**
 * Account, pool and WorkOS environment, and whether the deployed consumer of this pool writes to the same one.
 * Asks each side once, side by side, and never fails: what a credential may not do is left out.
 *
 * Uses, where they are allowed: sts:GetCallerIdentity, cognito-idp:DescribeUserPool, lambda:ListFunctions and
 * ssm:GetParameter.
 */
export async function describeTarget(dependencies: TargetDependencies): Promise<Target> {
  const { userPoolId, region, clients, workos } = dependencies;
  const [caller, pool, side] = await Promise.all([
    askForCaller(clients.sts),
    clients.cognito && askForPool(clients.cognito, userPoolId),
    workos && describeWorkos(dependencies, workos),
  ]);
  const { Name: name, EstimatedNumberOfUsers: users } = pool?.known ? pool.value : {};
  return {
    ...(caller.known && { account: caller.value.account }),
    region,
    userPool: { id: userPoolId, ...(name && { name }), ...(users !== undefined && { users }) },
    ...(side && { workos: side }),
  };
}

async function describeWorkos(
  dependencies: TargetDependencies,
  { host, key, users }: NonNullable<TargetDependencies['workos']>,
): Promise<NonNullable<Target['workos']>> {
  const page = await users
    .list(undefined, AbortSignal.timeout(WORKOS_DEADLINE_MS))
    .catch(() => undefined);
  return {
    host,
    environment: keyToEnvironment(key),
    keyFingerprint: fingerprintOf(key),
    ...(page && { users: { count: page.users.length, hasMore: page.after !== undefined } }),
    consumerKey: await compareWithConsumer(dependencies, key, page?.users),
  };
}
