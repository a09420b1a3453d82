import { describe, expect, it } from 'vitest';
import type { StatusName } from '../../../src/status/check.ts';
import type { StatusFacts } from '../../../src/status/facts.ts';
import { judge } from '../../../src/status/judge.ts';
import {
  hoursAgo,
  round,
  runOf,
  told,
  untold,
  VERIFY,
  wellFacts,
  withRuns,
} from '../../fixtures/status-facts.ts';

function find(name: StatusName, changes: Partial<StatusFacts> = {}) {
  const { well, checks } = judge(wellFacts(changes));
  const check = checks.find((each) => each.name === name);
  return { well, state: check?.state, detail: check?.detail ?? '' };
}

const DEPTH = { visible: 0, inFlight: 0, delayed: 0 };
const stack = (changes: object) => {
  const { stack: before } = wellFacts();
  return before.known && before.value ? { ...before.value, ...changes } : undefined;
};

describe('the status', () => {
  it('is well when nothing is bad and everything essential is known', () => {
    const { well, checks } = judge(wellFacts());
    expect(checks.map(({ state }) => state)).not.toContain('bad');
    expect(well).toBe(true);
  });

  const bad: [StatusName, string, Partial<StatusFacts>, RegExp][] = [
    ['stack', 'there is no stack', { stack: told(undefined) }, /no stack of the stage prod/],
    [
      'stack',
      'CloudFormation could not change the stack',
      { stack: told(stack({ status: 'UPDATE_ROLLBACK_FAILED' })) },
      /UPDATE_ROLLBACK_FAILED/,
    ],
    [
      'triggers',
      'a trigger calls no function',
      {
        triggers: told([
          { trigger: 'PreAuthentication', wanted: 'arn:ours', attached: false },
          { trigger: 'PostConfirmation', wanted: 'arn:ours', actual: 'arn:ours', attached: true },
        ]),
      },
      /^PreAuthentication calls no function$/,
    ],
    ['triggers', 'no deployment observes the pool', { triggers: told(undefined) }, /no deployment/],
    [
      'lag',
      'a message has waited for more than 15 minutes',
      {
        queue: told({ ...DEPTH, visible: 3 }),
        metrics: told({ observedLastDay: 1, oldestMessage: { seconds: 901, at: hoursAgo(0) } }),
      },
      /waited 15 min/,
    ],
    [
      'lag',
      'CloudWatch has no metric but the alarm oldest-message is raised',
      {
        queue: told({ ...DEPTH, visible: 3 }),
        metrics: untold('not allowed: allow cloudwatch:GetMetricData'),
        alarms: told({ total: 20, raised: [{ name: 'oldest-message' }] }),
      },
      /more than 15 min/,
    ],
    [
      'dead_letters',
      'a dead letter is in flight',
      { deadLetters: told({ ...DEPTH, inFlight: 1 }) },
      /about 1 message/,
    ],
    [
      'alarms',
      'an alarm is raised',
      { alarms: told({ total: 20, raised: [{ name: 'backlog', since: hoursAgo(5) }] }) },
      /^backlog \(for 5 h\)$/,
    ],
    [
      'patrol',
      'no round has ended for hours',
      { patrol: told({ last: round('sweep', 4) }) },
      /silent/,
    ],
    ['patrol', 'no round has ever ended', { patrol: told({}) }, /no round has ended yet/],
    [
      'canary',
      'the last canary failed',
      withRuns({ canary: runOf({ end: 'failed', failedStep: 'sign-in' }) }),
      /failed at sign-in/,
    ],
    [
      'verify',
      'the last verify found differences',
      withRuns({
        verify: runOf({ ...VERIFY, verdict: 'differs', inSync: false, missing: 3, stale: 2 }),
      }),
      /^differs: 3 missing, 2 stale$/,
    ],
  ];
  it.each(bad)('is not well, by the line %s, when %s', (name, _, changes, detail) => {
    const found = find(name, changes);
    expect(found).toMatchObject({ well: false, state: 'bad' });
    expect(found.detail).toMatch(detail);
  });

  const sources: [StatusName, boolean, Partial<StatusFacts>][] = [
    ['stack', true, { stack: untold('no') }],
    ['triggers', true, { triggers: untold('no') }],
    ['queue', true, { queue: untold('no') }],
    ['lag', true, { queue: untold('no'), metrics: untold('no'), alarms: untold('no') }],
    ['dead_letters', true, { deadLetters: untold('no') }],
    ['alarms', true, { alarms: untold('no') }],
    ['patrol', true, { patrol: untold('no') }],
    ['verify', true, withRuns({ verify: untold('no') })],
    ['observed', false, { metrics: untold('no') }],
    ['canary', false, withRuns({ canary: untold('no') })],
    ['mails', false, withRuns({ 'reset-passwords': untold('no') })],
  ];
  it.each(sources)(
    'shows %s as unknown with the reason, essential: %s',
    (name, essential, changes) => {
      expect(find(name, changes)).toMatchObject({
        state: 'unknown',
        detail: 'no',
        well: !essential,
      });
    },
  );

  it.each([
    ['off', { last: round('sweep', 400) }, 'ok'],
    ['off', {}, 'ok'],
    ['rate(6 hours)', { last: round('sweep', 17) }, 'ok'],
    ['rate(6 hours)', { last: round('sweep', 19) }, 'bad'],
    ['cron(0 3 * * ? *)', { last: round('sweep', 23) }, 'ok'],
  ])('judges a patrol that is %s by its own schedule', (patrol, state, expected) => {
    const changes = { stack: told(stack({ patrol })), patrol: told(state) };
    expect(find('patrol', changes).state).toBe(expected);
  });

  it('is well in the first hours of a stack, before the first round has ended', () => {
    const changes = { stack: told(stack({ createdAt: hoursAgo(1) })), patrol: told({}) };
    expect(find('patrol', changes)).toMatchObject({ state: 'ok', well: true });
  });

  it('trusts the alarm where CloudWatch tells no age of the oldest message', () => {
    const changes = { queue: told({ ...DEPTH, visible: 3 }), metrics: untold('no') };
    expect(find('lag', changes)).toMatchObject({ state: 'ok', well: true });
  });

  it('is well, but has something to look at, when another version has deployed the stack', () => {
    for (const version of ['0.1.0', undefined]) {
      const found = find('stack', { stack: told(stack({ version })) });
      expect(found).toMatchObject({ state: 'look', well: true });
    }
  });

  it('is well, but has something to look at, when the last verify is more than a day old', () => {
    const changes = withRuns({ verify: runOf(VERIFY, hoursAgo(30)) });
    expect(find('verify', changes)).toMatchObject({ state: 'look', well: true });
  });

  it('does not rely on a run or a round that has ended in the future', () => {
    const future = withRuns({ verify: runOf(VERIFY, hoursAgo(-500)) });
    expect(find('verify', future)).toMatchObject({ state: 'unknown', well: false });
    const patrol = { patrol: told({ last: round('sweep', -500) }) };
    expect(find('patrol', patrol)).toMatchObject({ state: 'unknown', well: false });
  });

  it('does not rely on a verify of another pool that was left in this table', () => {
    const changes = withRuns({ verify: runOf({ ...VERIFY, userPoolId: 'eu-central-1_Other' }) });
    expect(find('verify', changes)).toMatchObject({ state: 'unknown', well: false });
    expect(find('verify', changes).detail).toContain('eu-central-1_Other');
  });

  it('has something to look at when exported files were compared', () => {
    const changes = withRuns({ verify: runOf({ ...VERIFY, exported: true }) });
    expect(find('verify', changes)).toMatchObject({ state: 'look' });
  });

  it('shows figures of another version that it cannot read as unknown, and not as 0', () => {
    const found = find('verify', withRuns({ verify: runOf({ verdict: 'ready', checked: '12' }) }));
    expect(found).toMatchObject({ state: 'unknown', well: false });
    expect(found.detail).toContain('version 0.2.0');
  });

  it('says how much of the pool is in WorkOS by verify, else by the seed, else that nothing is known', () => {
    const none = { verify: told(undefined), seed: told(undefined) };
    expect(find('seeded').detail).toBe('100 %: 980 of 980 (verify), 20 more are skipped by rule');
    expect(find('seeded', withRuns({ verify: told(undefined) })).detail).toContain(
      '980 of 980 (seed)',
    );
    expect(find('seeded', withRuns(none)).detail).toMatch(/^not seeded/);
    const swept = { ...withRuns(none), patrol: told({ lastFull: round('full', 20) }) };
    expect(find('seeded', swept).detail).toContain('were published');
  });

  it('says what has happened since the last verify', () => {
    const { metrics } = wellFacts();
    const since = {
      since: hoursAgo(3),
      lost: 1,
      conflicts: 2,
      deadLettered: 0,
      passwordsCarried: 7,
    };
    const value = metrics.known ? { ...metrics.value, sinceVerify: since } : undefined;
    const changes = value ? { metrics: told(value) } : {};
    expect(find('since_verify', changes)).toMatchObject({
      state: 'look',
      detail: 'about 1 publication lost, about 2 conflicts',
    });
    expect(find('passwords', changes).detail).toContain('about 7 more since');
  });
});
