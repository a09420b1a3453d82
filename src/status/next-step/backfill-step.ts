import { counted, toCount } from '../../page/format.ts';
import type { Situation } from './situation.ts';
import type { CommandTarget, NextStep } from './types.ts';

const DAY_MS = 24 * 3_600_000;
/** Days of dual run before the backfill (docs/runbook.md#2-dual-run-days-1-to-7). */
const DUAL_RUN_DAYS = 7;
/** Above it, the stack does the backfill (docs/runbook.md#3-backfill-day-8). */
const SEED_IN_AWS_USERS = 100_000;

/** Until a seed, or a round over everybody, has run to its end. */
export function backfillStep({ facts, figures, target }: Situation): NextStep | undefined {
  const { patrol, pool, stack, lookedAt } = facts;
  const round = patrol.known ? patrol.value : undefined;
  const phase = 3;
  if (round?.full) {
    return {
      step: 'backfill_running',
      phase,
      title: 'Watch the backfill',
      why: `A round over everybody is under way in AWS: ${counted(round.full.listed, 'user')} listed.`,
      command: `npx cws seed ${target.deployment} --in-aws`,
      guide: 'commands/seed.md#in-aws',
    };
  }
  const isSeeded = figures.seed.kind === 'run' || round?.lastFull?.end === 'finished';
  if (isSeeded || figures.verify.kind === 'run') return undefined;
  const createdAt = stack.known ? stack.value?.createdAt : undefined;
  const days = createdAt ? (Date.parse(lookedAt) - Date.parse(createdAt)) / DAY_MS : 0;
  if (figures.canary.kind === 'none') return canaryStep(target);
  if (createdAt !== undefined && days < DUAL_RUN_DAYS) return dualRunStep(days, target);
  const users = pool.known ? pool.value?.users : undefined;
  const isLarge = users !== undefined && users > SEED_IN_AWS_USERS;
  return {
    step: 'backfill',
    phase,
    title: 'Backfill: bring the users who do not sign in',
    why: `The dual run has gone on for ${Math.floor(days)} days, and no seed has run${users === undefined ? '' : `; the pool has about ${toCount(users)} users`}.`,
    command: isLarge
      ? `npx cws seed ${target.deployment} --in-aws`
      : `npx cws seed ${target.pool} --report seed.jsonl`,
    guide: 'runbook.md#3-backfill-day-8',
  };
}

function dualRunStep(days: number, { pool }: CommandTarget): NextStep {
  const day = Math.floor(days) + 1;
  return {
    step: 'dual_run',
    phase: 2,
    title: `Let the dual run go on: day ${day} of ${DUAL_RUN_DAYS}`,
    why: `A week of sign-ins has to go through before the backfill. What it would write can be looked at now; nothing is written.`,
    command: `npx cws seed ${pool} --dry-run --report dry-run.jsonl`,
    guide: 'runbook.md#2-dual-run-days-1-to-7',
  };
}

function canaryStep({ pool }: CommandTarget): NextStep {
  return {
    step: 'canary',
    phase: 2,
    title: 'Prove the live path',
    why: 'The triggers are attached, and no canary has shown yet that a sign-up and a sign-in arrive in WorkOS.',
    command: `npx cws canary ${pool}`,
    guide: 'runbook.md#2-dual-run-days-1-to-7',
  };
}
