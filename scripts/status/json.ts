import type { StatusFacts, Told } from '../../src/status/facts.ts';
import { toList } from '../shared/result.ts';
import type { StatusView } from './view.ts';

/** The result with `--json` (docs/schemas/status.json), without its head. */
export function factsToJson({ facts, well, checks, next }: StatusView): object {
  const { lookedAt, region, stage, account, lastRuns } = facts;
  const run = (told: StatusFacts['lastRuns']['seed']) => toFact(told, (value) => value ?? null);
  return {
    well,
    lookedAt,
    stage: stage.known ? (stage.value ?? null) : null,
    account: account.known ? account.value : null,
    region,
    checks: toList(checks),
    next,
    facts: {
      pool: toFact(facts.pool, (pool) => pool && { name: pool.name, users: pool.users }),
      stack: toFact(facts.stack, (stack) => {
        if (!stack) return null;
        const { outputs: _, userPoolId: __, ...rest } = stack;
        return rest;
      }),
      triggers: toFact(facts.triggers, (triggers) => (triggers ? toList(triggers) : null)),
      queue: toFact(facts.queue, (depth) => depth),
      deadLetters: toFact(facts.deadLetters, (depth) => depth),
      alarms: toFact(facts.alarms, ({ total, raised }) => ({ total, raised: toList(raised) })),
      metrics: toFact(facts.metrics, (metrics) => metrics),
      patrol: toFact(facts.patrol, ({ sweep, full, last, lastFull }) => ({
        underWay: full ? 'full' : sweep ? 'sweep' : null,
        listed: (full ?? sweep)?.listed ?? null,
        last: last ?? null,
        lastFull: lastFull ?? null,
      })),
      seed: run(lastRuns.seed),
      verify: run(lastRuns.verify),
      resetPasswords: run(lastRuns['reset-passwords']),
      canary: run(lastRuns.canary),
    },
  };
}

function toFact<T>(told: Told<T>, toValue: (value: T) => unknown): object {
  if (!told.known) return told;
  return { known: true, at: told.at, value: toValue(told.value) ?? null };
}
