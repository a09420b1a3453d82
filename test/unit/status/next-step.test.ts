import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { StatusFacts } from '../../../src/status/facts.ts';
import { judge } from '../../../src/status/judge.ts';
import { toNextStep } from '../../../src/status/next-step/next-step.ts';
import type { NextStep } from '../../../src/status/next-step/types.ts';
import { readPage } from '../../docs/page.ts';
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
  withRuns,
} from '../../fixtures/status-facts.ts';

const TARGET = { pool: '--stage prod', deployment: '--stage prod', stage: '--stage prod' };

function next(changes: Partial<StatusFacts>): NextStep {
  const facts = wellFacts(changes);
  return toNextStep(facts, judge(facts).checks, TARGET);
}

const NOTHING = { seed: told(undefined), verify: told(undefined) };
const age = (hours: number) => {
  const { stack } = wellFacts();
  return told(
    stack.known && stack.value ? { ...stack.value, createdAt: hoursAgo(hours) } : undefined,
  );
};
const pool = (users: number) => told({ users, triggers: {} });
const differs = (found: object) =>
  withRuns({ verify: runOf({ ...VERIFY, verdict: 'differs', inSync: false, ...found }) });
const resets = (found: object) => withRuns({ 'reset-passwords': runOf({ ...RESETS, ...found }) });
const observed = (observedLastDay: number) => ({ metrics: told({ observedLastDay }) });

const crossed = (hours: number) =>
  withRuns({
    'reset-passwords': runOf(RESETS, hoursAgo(hours)),
    verify: runOf({ ...VERIFY, crossedOver: 900 }),
  });
const lost = {
  observedLastDay: 12,
  sinceVerify: { since: hoursAgo(3), lost: 2, conflicts: 0, deadLettered: 0, passwordsCarried: 0 },
};
function stackThatIs(status: string) {
  const { stack } = wellFacts();
  return stack.known && stack.value ? { ...stack.value, status } : undefined;
}

const STEPS: [string, Partial<StatusFacts>, Partial<NextStep>][] = [
  [
    'nothing is deployed',
    { stack: told(undefined) },
    { step: 'deploy', phase: 1, command: 'npx serverless deploy --stage prod' },
  ],
  [
    'a trigger was removed',
    { triggers: told([{ trigger: 'PreAuthentication', wanted: 'a', attached: false }]) },
    { step: 'attach', command: 'npx cws triggers --stage prod --attach' },
  ],
  [
    'there is a dead letter, and an alarm about it',
    {
      deadLetters: told({ visible: 1, inFlight: 0, delayed: 0 }),
      alarms: told({ total: 20, raised: [{ name: 'dead-letters' }] }),
    },
    { step: 'redrive', command: 'npx cws redrive --stage prod' },
  ],
  [
    'the table cannot be read',
    { ...withRuns({ seed: untold('not allowed: allow dynamodb:GetItem'), verify: untold('no') }) },
    { step: 'find_out' },
  ],
  [
    'no canary has run before the backfill',
    withRuns({ ...NOTHING, canary: told(undefined) }),
    { step: 'canary', phase: 2, command: 'npx cws canary --stage prod' },
  ],
  [
    'the dual run is three days old',
    { ...withRuns(NOTHING), stack: age(60) },
    { step: 'dual_run', phase: 2, title: 'Let the dual run go on: day 3 of 7' },
  ],
  [
    'a week of dual run is over',
    withRuns(NOTHING),
    { step: 'backfill', phase: 3, command: 'npx cws seed --stage prod --report seed.jsonl' },
  ],
  [
    'a week is over, and the pool is large',
    { ...withRuns(NOTHING), pool: pool(100_001) },
    { step: 'backfill', command: 'npx cws seed --stage prod --in-aws' },
  ],
  [
    'a round over everybody is under way',
    {
      ...withRuns(NOTHING),
      patrol: told({
        full: {
          round: 'r',
          requestedAt: hoursAgo(1),
          pages: 1,
          listed: 60,
          published: 60,
          problems: 0,
          passwordUsers: 0,
          recent: [],
        },
        last: round('sweep', 1),
      }),
    },
    { step: 'backfill_running', phase: 3 },
  ],
  [
    'the seed has run, and no verify',
    withRuns({ verify: told(undefined) }),
    { step: 'verify', phase: 4 },
  ],
  [
    'the stack has seeded, and no verify has run',
    { ...withRuns(NOTHING), patrol: told({ lastFull: round('full', 1), last: round('full', 1) }) },
    { step: 'verify', phase: 4 },
  ],
  ['a seed has run since verify', withRuns({ seed: runOf(SEED, hoursAgo(1)) }), { step: 'verify' }],
  [
    'users are missing',
    differs({ missing: 2 }),
    { step: 'fix', command: 'npx cws verify --stage prod --fix' },
  ],
  ['there are conflicts', differs({ conflicts: 2 }), { step: 'conflicts' }],
  [
    'WorkOS users are extra',
    differs({ extra: 1 }),
    { step: 'extra', guide: 'commands/verify.md#delete-extra-users' },
  ],
  [
    'verify wants something looked at',
    withRuns({ verify: runOf({ ...VERIFY, verdict: 'look' }) }),
    { step: 'look' },
  ],
  [
    'verify is two days old',
    withRuns({ verify: runOf(VERIFY, hoursAgo(48)) }),
    { step: 'verify', phase: 4 },
  ],
  [
    'verify is ready',
    {},
    { step: 'cutover', phase: 5, command: 'npx cws reset-passwords --stage prod' },
  ],
  [
    'the team has got its mails',
    resets({ only: true, mailedInAll: 3, recipients: 3 }),
    { step: 'mail_some', command: 'npx cws reset-passwords --stage prod --send --limit 20' },
  ],
  [
    'mails remain',
    resets({ mailedInAll: 20, remaining: 480 }),
    { step: 'mail', phase: 5, command: 'npx cws reset-passwords --stage prod --send --all' },
  ],
  [
    'mails are in doubt',
    resets({ inDoubt: 2 }),
    {
      step: 'mail_in_doubt',
      command: 'npx cws reset-passwords --stage prod --send --all --retry-in-doubt',
    },
  ],
  [
    'all are mailed, and users still sign in at Cognito',
    { ...resets({}), ...observed(12) },
    { step: 'wait', phase: 6 },
  ],
  [
    'all are mailed, and no user signs in at Cognito on a quiet day',
    { ...crossed(240), ...observed(0) },
    { step: 'wait', phase: 6 },
  ],
  [
    'all were mailed weeks ago, and no user signs in at Cognito',
    { ...crossed(400), ...observed(0) },
    { step: 'remove', phase: 6 },
  ],
  [
    'all were mailed weeks ago, and no user has signed in at WorkOS',
    { ...resets({}), ...observed(0) },
    { step: 'wait', phase: 6 },
  ],
  [
    'the team was mailed, and verify is two days old',
    withRuns({
      'reset-passwords': runOf({ ...RESETS, only: true }),
      verify: runOf(VERIFY, hoursAgo(48)),
    }),
    { step: 'verify' },
  ],
  [
    'the team was mailed, and verify wants something looked at',
    withRuns({
      'reset-passwords': runOf({ ...RESETS, only: true }),
      verify: runOf({ ...VERIFY, verdict: 'look' }),
    }),
    { step: 'look' },
  ],
  [
    'mails remain, and what verify wants looked at was decided before the first',
    withRuns({
      'reset-passwords': runOf({ ...RESETS, remaining: 3 }),
      verify: runOf({ ...VERIFY, verdict: 'look' }),
    }),
    { step: 'mail' },
  ],
  [
    'exported files were compared',
    withRuns({ verify: runOf({ ...VERIFY, exported: true }) }),
    { step: 'verify' },
  ],
  ['observations were lost since verify', { metrics: told(lost) }, { step: 'verify' }],
  [
    'it is not known whether the triggers are attached',
    { triggers: untold('not allowed') },
    { step: 'find_out', why: expect.stringContaining('triggers') },
  ],
  [
    'the stack could not be changed',
    { stack: told(stackThatIs('UPDATE_ROLLBACK_FAILED')) },
    { step: 'stack', command: expect.stringContaining('describe-stack-events') },
  ],
  [
    'the stage has no stack, and another stage observes the pool',
    { stack: told(undefined), triggers: untold('another one does: give --stage dev') },
    { step: 'find_out', why: expect.stringContaining('give --stage dev') },
  ],
];

describe('the next step', () => {
  it.each(STEPS)('when %s', (_, changes, expected) => {
    expect(next(changes)).toMatchObject(expected);
  });

  it.each(STEPS)('when %s is written down where it says', (_, changes) => {
    const { guide } = next(changes);
    const [file = '', anchor] = guide.split('#');
    expect(existsSync(new URL(`../../../docs/${file}`, import.meta.url))).toBe(true);
    if (anchor !== undefined) expect([...readPage(`docs/${file}`).anchors]).toContain(anchor);
  });

  it('repairs in the phase in which the migration is', () => {
    const { phase } = next({
      deadLetters: told({ visible: 1, inFlight: 0, delayed: 0 }),
      ...resets({ mailedInAll: 20, remaining: 480 }),
    });
    expect(phase).toBe(5);
  });
});
