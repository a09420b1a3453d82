import { writeFile } from 'node:fs/promises';
import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { toReadiness } from '../../src/readiness/comparison-to-facts.ts';
import type { Readiness } from '../../src/readiness/facts.ts';
import { askAboutMfa } from '../../src/readiness/mfa.ts';
import { readinessToHtml } from '../../src/readiness/page.ts';
import { describePool } from '../../src/readiness/pool-facts.ts';
import type { Tally } from '../../src/readiness/user-counts.ts';
import type { Comparison } from '../../src/verify/comparison.ts';

type ReadinessReportOptions = {
  userPoolId: string;
  /** How many users' MFA settings Cognito is asked for, at most. */
  mfaLimit: number;
  showEmails?: true;
  inSync: boolean;
  comparison: Comparison;
  tally: Tally;
  queues: Readiness['queues'];
  client: CognitoIdentityProviderClient;
  /** The host. */
  workos: string;
  stop: AbortSignal;
  onMfa: (users: number) => void;
};

/**
 * Finds out what else a cutover depends on, and writes the readiness report, which only its owner may read.
 * When it is stopped, it writes nothing.
 */
export async function writeReport(path: string, options: ReadinessReportOptions): Promise<void> {
  const { comparison, client, userPoolId, mfaLimit, stop, tally } = options;
  const pool = await describePool(client, userPoolId, stop);
  const facts = pool.known ? pool.value : undefined;
  const mfa = await askAboutMfa({
    client,
    userPoolId,
    setting: facts?.mfa,
    users: comparison.passwordUsers(mfaLimit),
    total: comparison.passwordUserCount(),
    limit: mfaLimit,
    signal: stop,
    onProgress: options.onMfa,
  });
  if (stop.aborted) return;
  const readiness = toReadiness(comparison, {
    generatedAt: new Date().toISOString(),
    userPoolId,
    userPoolName: facts?.name,
    workos: options.workos,
    inSync: options.inSync,
    queues: options.queues,
    triggers: pool.known ? { known: true, value: pool.value.triggers } : pool,
    tally,
    mfa,
  });
  const page = readinessToHtml(readiness, { showEmails: options.showEmails ?? false });
  await writeFile(path, page, { mode: 0o600 });
}
