import { queueUrlToName } from '../aws/queue-name.ts';
import { type LastRun, type LastRunTable, type RunName, readLastRun } from '../ledger/last-run.ts';
import { readPatrolState } from '../patrol/patrol-state.ts';
import type { Deployment } from '../user-pool-triggers/find-deployment.ts';
import { attachmentsToStates } from '../user-pool-triggers/watched-triggers.ts';
import type { MetricFact, StatusFacts, Told } from './facts.ts';
import type { LookDependencies } from './look-dependencies.ts';
import { findPlaces, type Places } from './places.ts';
import { createQuestions } from './questions.ts';

/**
 * Looks at everything that belongs to a migration, side by side, and changes nothing. A source that does not answer
 * takes nothing from the others. No message is received: that would hide it from the consumer.
 */
export function createLook(dependencies: LookDependencies): () => Promise<StatusFacts> {
  const { userPoolId, region, version, stage, named, clients, now } = dependencies;
  const ask = createQuestions(dependencies);

  return async () => {
    const deployments = ask.deployments();
    const places = findPlaces({ stage, named, now, deployments, findStack: ask.stack });
    const pool = ask.pool();
    const verify = lastRun(places, 'verify');
    const [account, queue, deadLetters, alarms, metrics, patrol, seed, resets, canary] =
      await Promise.all([
        ask.account(),
        whenTold(places.queueUrl, ask.depth),
        whenTold(places.deadLetterQueueUrl, ask.depth),
        whenTold(places.stage, ask.alarms),
        readNumbers(places, verify),
        fromTable(places, readPatrolState),
        lastRun(places, 'seed'),
        lastRun(places, 'reset-passwords'),
        lastRun(places, 'canary'),
      ]);
    return {
      lookedAt: now().toISOString(),
      ...{ userPoolId, version, region, account, queue, deadLetters, alarms, metrics, patrol },
      stage: await places.stage,
      stack: await places.stack,
      pool: await pool,
      triggers: toTriggers(await places.deployment, await pool),
      lastRuns: { seed, verify: await verify, 'reset-passwords': resets, canary },
    };
  };

  function lastRun(places: Places, name: RunName): Promise<Told<LastRun | undefined>> {
    return fromTable(places, (table) => readLastRun(table, name));
  }

  function fromTable<T>(
    { table }: Places,
    read: (table: LastRunTable) => Promise<T>,
  ): Promise<Told<T>> {
    const { dynamodb: client } = clients;
    return whenTold(table, (name) => ask.item(() => read({ client, table: name })));
  }

  async function readNumbers(
    { queueUrl, deadLetterQueueUrl }: Places,
    verify: Promise<Told<LastRun | undefined>>,
  ): Promise<Told<MetricFact>> {
    const last = await verify;
    const verifiedAt = last.known ? last.value?.endedAt : undefined;
    return whenTold(queueUrl, (queue) =>
      whenTold(deadLetterQueueUrl, (deadLetters) =>
        ask.metrics({
          queueName: queueUrlToName(queue),
          deadLetterQueueName: queueUrlToName(deadLetters),
          ...(verifiedAt !== undefined && { verifiedAt }),
        }),
      ),
    );
  }
}

async function whenTold<T, U>(
  told: Promise<Told<T>>,
  next: (value: T) => Promise<Told<U>>,
): Promise<Told<U>> {
  const each = await told;
  return each.known ? next(each.value) : each;
}

function toTriggers(
  deployment: Told<Deployment | undefined>,
  pool: StatusFacts['pool'],
): StatusFacts['triggers'] {
  if (!pool.known) return pool;
  if (!deployment.known) return deployment;
  const { desired } = deployment.value ?? {};
  return { ...pool, value: desired && attachmentsToStates(desired, pool.value?.triggers ?? {}) };
}
