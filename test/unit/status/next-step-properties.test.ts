import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { StatusFacts } from '../../../src/status/facts.ts';
import { judge } from '../../../src/status/judge.ts';
import { toNextStep } from '../../../src/status/next-step/next-step.ts';
import {
  hoursAgo,
  RESETS,
  round,
  runOf,
  SEED,
  told,
  untold,
  VERIFY,
  wellFacts,
} from '../../fixtures/status-facts.ts';

const TARGET = { pool: '--stage prod', deployment: '--stage prod', stage: '--stage prod' };
const NO = untold('no');
const NONE = told(undefined);
const depth = (visible: number) => told({ visible, inFlight: 0, delayed: 0 });
const trigger = (attached: boolean) =>
  told([{ trigger: 'PreAuthentication' as const, wanted: 'arn', attached }]);
const metrics = (observedLastDay: number, lost: number, deadLettered: number) =>
  told({
    observedLastDay,
    sinceVerify: { since: hoursAgo(3), lost, conflicts: 0, deadLettered, passwordsCarried: 0 },
  });
const full = {
  ...{ round: 'r', requestedAt: hoursAgo(1), pages: 1, listed: 60, published: 60, problems: 0 },
  ...{ passwordUsers: 0, recent: [] },
};
const { stack: deployed } = wellFacts();
const stackThatIs = (status: string) =>
  told(deployed.known && deployed.value ? { ...deployed.value, status } : undefined);
/** The first one in most cases: what all lines have to agree on would never come about otherwise. */
const mostly = <T extends readonly unknown[]>(...values: T): fc.Arbitrary<T[number]> =>
  fc.oneof(
    { weight: 5, arbitrary: fc.constant(values[0]) },
    { weight: 1, arbitrary: fc.constantFrom(...values) },
  );
const age = mostly(3, -8760, -1, 0, 23, 25, 500);
const number = mostly(0, 1, 500);

const facts = fc.record({
  triggers: mostly(trigger(true), trigger(false), NONE, told([]), NO),
  deadLetters: mostly(depth(0), depth(1), NO),
  queue: mostly(depth(0), depth(3), NO),
  alarms: mostly(
    told({ total: 20, raised: [] }),
    told({ total: 20, raised: [{ name: 'backlog' }] }),
    told({ total: 0, raised: [] }),
    NO,
  ),
  stack: mostly(
    stackThatIs('UPDATE_COMPLETE'),
    ...['UPDATE_ROLLBACK_FAILED', 'DELETE_FAILED', 'DELETE_IN_PROGRESS'].map(stackThatIs),
    NONE,
    NO,
  ),
  metrics: mostly(
    metrics(0, 0, 0),
    metrics(12, 0, 0),
    metrics(12, 2, 0),
    metrics(12, 0, 2),
    told({ observedLastDay: 0 }),
    NO,
  ),
  patrol: mostly(
    told({ last: round('sweep', 0.5) }),
    told({ last: round('sweep', 0.5), full }),
    told({ last: round('sweep', 400) }),
    told({ last: round('sweep', -400) }),
    NO,
  ),
  lastRuns: fc.record({
    seed: fc.oneof(
      fc.constant(NONE),
      fc.constant(NO),
      age.map((hours) => runOf(SEED, hoursAgo(hours))),
    ),
    canary: mostly(runOf({ end: 'proved' }), NONE, NO, runOf({ end: 'failed' })),
    verify: fc.oneof(
      fc.constant(NONE),
      fc.constant(NO),
      fc
        .record({
          hours: age,
          verdict: mostly('ready', 'look', 'differs'),
          missing: number,
          conflicts: number,
          extra: number,
          crossedOver: number,
          exported: mostly(false, true),
          userPoolId: mostly('eu-central-1_Ab1Cd2Ef3', 'eu-central-1_Another'),
        })
        .map(({ hours, ...found }) => runOf({ ...VERIFY, ...found }, hoursAgo(hours))),
    ),
    'reset-passwords': fc.oneof(
      fc.constant(NONE),
      fc
        .record({ hours: age, only: fc.boolean(), remaining: number, inDoubt: number })
        .map(({ hours, ...found }) => runOf({ ...RESETS, ...found }, hoursAgo(hours))),
    ),
  }),
});

function nextOf(changes: Partial<StatusFacts>) {
  const all = wellFacts(changes);
  const { well, checks } = judge(all);
  return { ...toNextStep(all, checks, TARGET), well };
}

/** Ready (or decided, once the mails have begun), of this pool, live, a day old at most, and nothing lost since. */
function isGate({ lastRuns, ...all }: StatusFacts, hasBegun: boolean): boolean {
  const run = lastRuns.verify.known ? lastRuns.verify.value : undefined;
  if (!run) return false;
  const { verdict, exported, userPoolId = all.userPoolId } = run.figures;
  const hours = (Date.parse(all.lookedAt) - Date.parse(run.endedAt)) / 3_600_000;
  const since = all.metrics.known ? all.metrics.value.sinceVerify : undefined;
  const isReady = verdict === 'ready' || (hasBegun && verdict === 'look');
  const isOfNow = hours > -1 && hours <= 24 && !exported && userPoolId === all.userPoolId;
  return isReady && isOfNow && !since?.lost && !since?.deadLettered;
}

const mails = (command: string) => command.includes('--send');

it('never proposes mails or the cutover before a recent verify is ready and the live path is known to be well', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(facts, (changes) => {
      const { step, command = '' } = nextOf(changes);
      seen.add(step);
      if (!mails(command) && step !== 'cutover') return;
      const all = wellFacts(changes);
      const { triggers, deadLetters, stack, alarms, patrol } = all;
      expect(isGate(all, step.startsWith('mail') && step !== 'mail_some')).toBe(true);
      expect(triggers).toEqual(trigger(true));
      expect(deadLetters).toEqual(depth(0));
      expect([stack.known, alarms.known, patrol.known]).toEqual([true, true, true]);
    }),
    { numRuns: 3_000 },
  );
  expect([...seen]).toEqual(expect.arrayContaining(['cutover', 'mail', 'mail_some']));
});

it('never proposes a command that deletes, or to seed on a path that is known to be broken', () => {
  fc.assert(
    fc.property(facts, (changes) => {
      const { command = '' } = nextOf(changes);
      expect(command).not.toMatch(
        /\bremove\b|delete|--discard|--detach|--recreate|--retag|take-over/,
      );
      if (!command.startsWith('npx cws seed') || command.includes('--dry-run')) return;
      const { triggers, deadLetters } = changes;
      expect([trigger(true), NO]).toContainEqual(triggers);
      expect([depth(0), NO]).toContainEqual(deadLetters);
    }),
    { numRuns: 3_000 },
  );
});

it('is well only when all that is essential is known, whatever the clocks say', () => {
  fc.assert(
    fc.property(facts, (changes) => {
      if (!nextOf(changes).well) return;
      const { triggers, deadLetters, queue, stack, alarms, patrol, lastRuns } = changes;
      const essential = [triggers, deadLetters, queue, stack, alarms, patrol, lastRuns.verify];
      expect(essential.every(({ known }) => known)).toBe(true);
      expect(lastRuns.verify).not.toMatchObject({ value: { endedAt: hoursAgo(-8760) } });
      expect(patrol).not.toMatchObject({ value: { last: round('sweep', -400) } });
    }),
    { numRuns: 3_000 },
  );
});
