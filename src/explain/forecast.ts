import type { WorkosIndex } from '../bulk/workos-index.ts';
import type { MirrorConfig } from '../config/mirror.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { createLedgerMemory } from '../ledger/ledger-memory.ts';
import { createLedgerMirror } from '../ledger/ledger-mirror.ts';
import type { DecidingRule } from '../mirror/decide/deciding-rules.ts';
import { type FinalDecision, skip } from '../mirror/decide/decision.ts';
import { CONFIRMED_DELETIONS } from '../mirror/deletion-limit.ts';
import type { DeletionOutcome } from '../mirror/deletion-outcome.ts';
import { configToRules, createMirror } from '../mirror/mirror.ts';
import type { Outcome } from '../mirror/outcome.ts';
import { createSettleGone } from '../mirror/settle-gone.ts';
import { createUserLocks } from '../mirror/user-locks.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { Profiles } from '../user/profiles.ts';
import { createRecordedUsers, type RecordedWrite, type WorkosReader } from './recorded-users.ts';

/** What the mirror decided about one profile: the one asked for is the last. */
export type ForecastStep = { sub: string; rule: DecidingRule; kind: FinalDecision['kind'] };

/**
 * What the mirror would do if the user signed in to Cognito now.
 *
 * - `isAnsweredByLedger`: the consumer would ask WorkOS nothing, because the same state ended like this a while ago.
 *   The rest is what it would do without that.
 */
export type Forecast = {
  outcome: Outcome;
  steps: ForecastStep[];
  writes: RecordedWrite[];
  isAnsweredByLedger: boolean;
};

/** What the consumer would do if a message said now that the profile is gone from Cognito. */
export type GoneForecast = { outcome: DeletionOutcome; writes: RecordedWrite[] };

/** With the settings of the deployed consumer. */
export type ForecastSetting = {
  reader: WorkosReader;
  /** Empty: what is read is noted there, and what would be written. */
  index: WorkosIndex;
  profiles: Profiles;
  config: MirrorConfig;
  /** Only read. */
  ledger: Ledger;
  trustHours: number;
  deletions: 'keep' | 'delete';
  clock: () => Date;
  signal: AbortSignal;
};

/**
 * Runs the real mirror, behind the real ledger's, on users that note the writes instead of sending them.
 *
 * @throws RetryableError where WorkOS or Cognito cannot be asked.
 */
export async function forecast(user: ObservedUser, setting: ForecastSetting): Promise<Forecast> {
  const { mirror, steps, writes, hits } = connect(setting);
  // As a sign-in shows it: its time is now, not that of the profile's last change.
  const { modifiedAt: _, ...signingIn } = user;
  await mirror.prepare([user], setting.signal);
  const answered = await mirror.mirror(signingIn, setting.signal);
  const isAnsweredByLedger = hits.count > 0;
  const outcome = isAnsweredByLedger
    ? await mirror.mirror(signingIn, setting.signal, { isReplay: true })
    : answered;
  // The ledger's mirror asks the mirror nothing about a profile that is not mirrored at all.
  if (outcome.outcome === 'skipped' && steps.length === 0) {
    steps.push({ sub: user.sub, rule: skip(outcome.reason).by, kind: 'skipped' });
  }
  return { outcome: withoutMark(outcome), steps, writes, isAnsweredByLedger };
}

/** @throws RetryableError likewise. */
export async function forecastGone(
  gone: { userPoolId: string; sub: string },
  setting: ForecastSetting,
): Promise<GoneForecast> {
  const { mirror, writes } = connect(setting);
  await mirror.prepare([gone], setting.signal);
  return { outcome: await mirror.settleGone(gone, setting.signal), writes };
}

function connect(setting: ForecastSetting) {
  const { config, profiles, ledger, trustHours, deletions, clock } = setting;
  const { users, writes } = createRecordedUsers(setting);
  const steps: ForecastStep[] = [];
  const hits = { count: 0 };
  const rules = configToRules(config);
  const memory = createLedgerMemory({ ledger, rules, clock });
  const parts = { workosUsers: users, profiles, config, memory, locks: createUserLocks() };
  const mirror = createLedgerMirror({
    mirror: createMirror({
      ...parts,
      onDecision: (sub, { by: rule, kind }) => void steps.push({ sub, rule, kind }),
    }),
    settleGone: createSettleGone({
      ...parts,
      ...(deletions === 'delete' && { deletions: CONFIRMED_DELETIONS }),
      clock,
    }),
    ledger,
    memory,
    rules,
    clock,
    trustHours,
    onHit: () => void hits.count++,
  });
  return { mirror, steps, writes, hits };
}

function withoutMark({ isRepeated: _, ...outcome }: Outcome & { isRepeated?: boolean }): Outcome {
  return outcome;
}
