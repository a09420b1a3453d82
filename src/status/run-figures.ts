import * as v from 'valibot';
import type { LastRun } from '../ledger/last-run.ts';
import type { StatusFacts } from './facts.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const optionalCount = v.optional(v.nullable(count), null);

/** Of a seed on an operator's machine. `skipped`: by rule; `failed` includes those that WorkOS refuses. */
const seedSchema = v.object({
  read: count,
  created: count,
  linked: count,
  updated: count,
  unchanged: count,
  stale: count,
  skipped: count,
  conflicts: count,
  failed: count,
});

/**
 * `agreeing`: profiles about which both sides agree; `skipped`: not mirrored by rule. `keepPassword` of `passwordUsers`
 * people keep their password, `mailsDue` get a mail. `exported`: exported files were compared, not the live pool.
 */
const verifySchema = v.object({
  verdict: v.picklist(['ready', 'look', 'differs']),
  inSync: v.boolean(),
  checked: count,
  missing: count,
  stale: count,
  conflicts: count,
  extra: count,
  crossedOver: count,
  agreeing: optionalCount,
  skipped: optionalCount,
  unreadable: optionalCount,
  people: optionalCount,
  keepPassword: optionalCount,
  passwordUsers: optionalCount,
  mailsDue: optionalCount,
  exported: v.optional(v.boolean(), false),
});

/** `mailedInAll` of `recipients`: those that this run and earlier ones have mailed. `only`: the run named its recipients. */
const resetSchema = v.object({
  sent: count,
  mailedInAll: count,
  recipients: count,
  failed: count,
  inDoubt: optionalCount,
  notAllowed: optionalCount,
  remaining: optionalCount,
  only: v.optional(v.boolean(), false),
});

const canarySchema = v.object({
  end: v.picklist(['proved', 'partly', 'failed', 'stopped']),
  deadlineSeconds: v.optional(v.nullable(v.number()), null),
  slowestSeconds: v.optional(v.nullable(v.number()), null),
  failedStep: v.optional(v.nullable(v.string()), null),
  notProved: v.optional(count, 0),
});

/** A last run: what it found, that there was none, or why it is not known. */
export type RunFigures<T> =
  | { kind: 'run'; endedAt: string; version: string; figures: T }
  | { kind: 'none' }
  | { kind: 'unknown'; why: string };

export type SeedFigures = v.InferOutput<typeof seedSchema>;
export type VerifyFigures = v.InferOutput<typeof verifySchema>;
export type ResetFigures = v.InferOutput<typeof resetSchema>;
export type CanaryFigures = v.InferOutput<typeof canarySchema>;

export type LastFigures = {
  seed: RunFigures<SeedFigures>;
  verify: RunFigures<VerifyFigures>;
  resets: RunFigures<ResetFigures>;
  canary: RunFigures<CanaryFigures>;
};

/** A clock that differs by more is wrong, and nothing is known of the age of what it has dated. */
export const FUTURE_HOURS = 0.25;

type RunFacts = Pick<StatusFacts, 'lastRuns' | 'lookedAt' | 'userPoolId'>;

/** The last runs as the ledger's table has them → their figures; other versions of this package may write others. */
export function toLastFigures(facts: RunFacts): LastFigures {
  const { lastRuns } = facts;
  return {
    seed: toFigures(lastRuns.seed, seedSchema, facts),
    verify: toFigures(lastRuns.verify, verifySchema, facts),
    resets: toFigures(lastRuns['reset-passwords'], resetSchema, facts),
    canary: toFigures(lastRuns.canary, canarySchema, facts),
  };
}

function toFigures<S extends v.GenericSchema>(
  told: StatusFacts['lastRuns']['seed'],
  schema: S,
  { lookedAt, userPoolId }: RunFacts,
): RunFigures<v.InferOutput<S>> {
  if (!told.known) return { kind: 'unknown', why: told.why };
  const run: LastRun | undefined = told.value;
  if (!run) return { kind: 'none' };
  const { endedAt, version } = run;
  const { userPoolId: pool = userPoolId } = run.figures;
  if (pool !== userPoolId) {
    return { kind: 'unknown', why: `the last run in this table was of the user pool ${pool}` };
  }
  const hours = (Date.parse(lookedAt) - Date.parse(endedAt)) / 3_600_000;
  if (hours < -FUTURE_HOURS) {
    return { kind: 'unknown', why: `the last run has ended in the future (${endedAt})` };
  }
  const parsed = v.safeParse(schema, run.figures);
  if (parsed.success) return { kind: 'run', endedAt, version, figures: parsed.output };
  return {
    kind: 'unknown',
    why: `version ${version} has written figures that this one cannot read`,
  };
}
