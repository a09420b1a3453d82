import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { SQSClient } from '@aws-sdk/client-sqs';
import pRetry from 'p-retry';
import { noteAddress } from '../../src/aws/note-address.ts';
import { noteDates } from '../../src/aws/note-dates.ts';
import { createServerClock } from '../../src/aws/server-clock.ts';
import { createPoolProfiles } from '../../src/cognito/pool-profiles.ts';
import { createPoolRequest } from '../../src/cognito/pool-requests.ts';
import { readDeadLetters } from '../../src/explain/dead-letter-facts.ts';
import type { ExplainSetting } from '../../src/explain/explain-profile.ts';
import { createPoolLookup } from '../../src/explain/pool-lookup.ts';
import { readOnlyLedger } from '../../src/explain/read-only-ledger.ts';
import type { WorkosReader } from '../../src/explain/recorded-users.ts';
import { toKnown } from '../../src/explain/to-known.ts';
import { createDeadLetterQueue } from '../../src/redrive/dead-letter-queue.ts';
import { parseQueueAddress } from '../../src/redrive/queue-address.ts';
import { RetryableError } from '../../src/workos/users.ts';
import { settingsOf } from '../shared/apply-settings.ts';
import { showBanner } from '../shared/banner.ts';
import { connectWorkos } from '../shared/connect-workos.ts';
import { toMirrorConfig } from '../shared/mirror-config.ts';
import { regionOf } from '../shared/region.ts';
import type { ExplainOptions } from './explain-options.ts';
import { openExplainLedger } from './open-ledger.ts';

/** The queue's visibility timeout: should the process die, the dead letters are visible again after this. */
const HOLD_SECONDS = 30;
const SQS_REQUEST = {
  connectionTimeout: 3_000,
  requestTimeout: 7_000,
  throwOnRequestTimeout: true,
};

/** Everything that an explanation is made with, from options, variables and the stage. */
export async function connectExplain(
  { userPoolId, stage }: ExplainOptions,
  signal: AbortSignal,
): Promise<Disposable & { setting: ExplainSetting }> {
  const clock = createServerClock();
  const region = regionOf(userPoolId, process.env);
  const client = new CognitoIdentityProviderClient(region);
  noteDates(client, clock);
  const connection = connectWorkos({ userPoolId }, clock);
  // What is about to be asked: with the key of another environment, every answer would be wrong.
  await showBanner({ userPoolId, writes: false }, connection);
  const config = toMirrorConfig({}, clock);
  const ledger = openExplainLedger({ userPoolId, clock: clock.now, ...(stage && { stage }) });
  const deadLetters = await toKnown(() => findDeadLetters(region, signal));
  const request = createPoolRequest(userPoolId, {}, noteAddress(client));
  return {
    setting: {
      userPoolId,
      lookup: createPoolLookup({ client, request, userPoolId, clock: clock.now, signal }),
      reader: patient(connection.workosUsers),
      profiles: createPoolProfiles({ client, clock: clock.now }),
      config,
      ledger: readOnlyLedger(ledger.ledger),
      trustHours: ledger.trustHours,
      readEntry: ledger.readEntry,
      findDeadLetters: (sub) =>
        deadLetters.known ? { known: true, value: deadLetters.value(sub) } : deadLetters,
      deletions: deletionsOf(stage),
      clock: clock.now,
      signal,
    },
    [Symbol.dispose]() {
      client.destroy();
      ledger[Symbol.dispose]();
    },
  };
}

/** As the stage deploys it; a command without a stage knows it from the consumer's own variable. */
function deletionsOf(stage: string | undefined): 'keep' | 'delete' {
  const mode = process.env.SYNC_DELETIONS?.trim() || (stage && settingsOf(stage).deletions);
  return mode === 'delete' ? 'delete' : 'keep';
}

async function findDeadLetters(region: { region?: string }, signal: AbortSignal) {
  const queue = parseQueueAddress('SYNC_DLQ_URL', process.env.SYNC_DLQ_URL);
  const sqs = new SQSClient({
    requestHandler: SQS_REQUEST,
    ...region,
    ...(queue.region && { region: queue.region }),
  });
  try {
    const deadLetters = createDeadLetterQueue({
      sqs,
      queueUrl: queue.url,
      holdSeconds: HOLD_SECONDS,
    });
    return await readDeadLetters(deadLetters, signal);
  } finally {
    sqs.destroy();
  }
}

/** One refusal as too many, or one lost answer, is no reason to say that WorkOS cannot be asked. */
function patient(users: WorkosReader): WorkosReader {
  const again = <T>(send: () => Promise<T>) =>
    pRetry(send, {
      retries: 2,
      minTimeout: 500,
      shouldRetry: ({ error }) => error instanceof RetryableError && !error.unreached,
    });
  return {
    get: (id, signal) => again(() => users.get(id, signal)),
    findByExternalId: (id, signal) => again(() => users.findByExternalId(id, signal)),
    findByEmail: (email, signal) => again(() => users.findByEmail(email, signal)),
    authFactors: (id, signal) => again(() => users.authFactors(id, signal)),
  };
}
