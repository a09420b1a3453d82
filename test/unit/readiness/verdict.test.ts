import { describe, expect, it } from 'vitest';
import type { Readiness } from '../../../src/readiness/facts.ts';
import { readinessToVerdict, verdictToLines } from '../../../src/readiness/verdict.ts';
import {
  aMillion,
  emptyPool,
  exampleSub,
  notReady,
  ready,
  unknown,
} from '../../fixtures/readiness.ts';

const one = { count: 1, examples: [{ sub: exampleSub(1) }] };
const attached = { trigger: 'PostConfirmation', attached: true, detail: '' };

function open(readiness: Readiness): string[] {
  return readinessToVerdict(readiness)
    .checks.filter(({ status }) => status !== 'ok')
    .map(({ detail }) => detail);
}

describe('the readiness verdict', () => {
  it('is ready when both sides agree, the triggers are attached and no dead letters wait', () => {
    expect(readinessToVerdict(ready())).toMatchObject({
      verdict: 'ready',
      headline: 'Ready to cut over',
    });
    expect(open(ready())).toEqual([]);
  });

  it.each<[string, Partial<Readiness>, string]>([
    ['a missing user', { missing: one }, '1 user missing in WorkOS'],
    [
      'stale users',
      { stale: { count: 2, examples: [], fields: {} } },
      '2 users different in WorkOS',
    ],
    [
      'a conflict',
      { conflicts: { count: 1, examples: [], reasons: { email_taken: 1 } } },
      '1 user in conflict',
    ],
    [
      'extra WorkOS users',
      { extra: { count: 1_000, examples: [] } },
      '1,000 WorkOS users without a Cognito user',
    ],
    ['an unreadable record', { unreadable: 1 }, '1 Cognito record could not be read'],
    [
      'a stopped comparison',
      { complete: false },
      'The comparison was stopped, so that not every user was compared',
    ],
  ])('is not ready when the two sides are not in sync because of %s', (_case, drift, reason) => {
    const readiness = ready({ ...drift, inSync: false });
    expect(readinessToVerdict(readiness)).toMatchObject({
      verdict: 'differs',
      headline: 'Not ready',
    });
    expect(open(readiness)).toEqual([reason]);
  });

  it.each<[string, Partial<Readiness>, string]>([
    [
      'a detached trigger',
      { triggers: { known: true, value: [attached, { ...attached, attached: false }] } },
      '1 trigger not attached (PostConfirmation)',
    ],
    ['no attached trigger', { triggers: { known: true, value: [] } }, 'No trigger attached'],
    [
      'unknown triggers',
      { triggers: { known: false, why: '' } },
      'The triggers of the pool are not known',
    ],
    [
      'dead letters',
      { queues: { known: true, value: { deadLetters: 2, waiting: 0 } } },
      '2 dead letters waiting',
    ],
    [
      'unknown queues',
      { queues: { known: false, why: '' } },
      'The messages in the queues are not known',
    ],
    [
      'a user without a usable email',
      { withoutUsableEmail: { count: 1, examples: [] } },
      '1 user without a usable email',
    ],
    [
      'users with MFA',
      { mfa: { ...ready().mfa, setting: 'ON', enrolled: { count: 3, examples: [] } } },
      '3 users must enrol in MFA again',
    ],
    [
      'unknown MFA',
      { mfa: { ...ready().mfa, setting: 'OPTIONAL', notLookedAt: 5 } },
      'It is not known for all users whether they have MFA',
    ],
    [
      'messages that wait in the queue',
      { queues: { known: true, value: { deadLetters: 0, waiting: 900 } } },
      '900 messages not mirrored yet',
    ],
    [
      'a provider that WorkOS does not have',
      { providers: [{ name: 'Facebook', count: 6, hasCounterpart: false }], withoutWayIn: 5 },
      'WorkOS does not have Facebook, used by 6 people: 5 people lose their only way in',
    ],
  ])('asks for a look at two sides in sync because of %s', (_case, found, reason) => {
    const readiness = ready(found);
    expect(readinessToVerdict(readiness)).toMatchObject({
      verdict: 'look',
      headline: 'In sync, but look at this first',
    });
    expect(open(readiness)).toEqual([reason]);
  });

  it('has no open check for users whose MFA is not known when MFA is off in the pool', () => {
    expect(open(ready({ mfa: { ...ready().mfa, notLookedAt: 5 } }))).toEqual([]);
  });

  it('has an open check that says that no user was compared when the pool is empty', () => {
    expect(open(emptyPool())).toEqual(['No user was looked at']);
  });

  it('says what to do about each check that is not in order', () => {
    for (const { status, todo } of readinessToVerdict(notReady()).checks) {
      if (status !== 'ok') expect(todo).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('prints its headline first, then each check that is not in order', () => {
    expect(verdictToLines(readinessToVerdict(ready()))).toEqual(['Ready to cut over.']);
    const deadLetters = { known: true, value: { deadLetters: 2, waiting: 0 } } as const;
    expect(verdictToLines(readinessToVerdict(ready({ queues: deadLetters })))).toEqual([
      'In sync, but look at this first:',
      '  2 dead letters waiting. Run npx cws redrive.',
    ]);
  });

  it('lists every unknown fact and every problem', () => {
    expect(open(unknown())).toEqual([
      'It is not known for all users whether they have MFA',
      'The triggers of the pool are not known',
      'The messages in the queues are not known',
    ]);
    expect(open(notReady())).toEqual([
      '37 users missing in WorkOS',
      '18 users different in WorkOS',
      '9 users in conflict',
      '3 WorkOS users without a Cognito user',
      '11 users without a usable email',
      'WorkOS does not have Facebook, used by 12 people: 6 people lose their only way in',
      '42 users must enrol in MFA again',
      '1 trigger not attached (PreAuthentication)',
      '6 dead letters waiting',
      '14 messages not mirrored yet',
    ]);
    expect(open(aMillion())).toEqual([
      '1 user missing in WorkOS',
      '641,158 users must enrol in MFA again',
    ]);
  });
});
