import { describe, expect, it } from 'vitest';
import type { Readiness } from '../../../src/readiness/facts.ts';
import { readinessToVerdict } from '../../../src/readiness/page/checks.ts';
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
    .checks.filter(({ state }) => state !== 'ok')
    .map(({ text }) => text);
}

describe('the readiness verdict', () => {
  it('is ready when both sides agree, the triggers are attached and no dead letters wait', () => {
    expect(readinessToVerdict(ready())).toMatchObject({
      state: 'ok',
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
    [
      'users that could not be compared',
      {},
      'Not everyone could be compared: see what verify says',
    ],
  ])('is not ready when the two sides are not in sync because of %s', (_case, drift, reason) => {
    const readiness = ready({ ...drift, inSync: false });
    expect(readinessToVerdict(readiness)).toMatchObject({ state: 'stop', headline: 'Not ready' });
    expect(open(readiness)).toEqual([reason]);
  });

  it.each<[string, Partial<Readiness>, string]>([
    [
      'a detached trigger',
      { triggers: { known: true, value: [attached, { ...attached, attached: false }] } },
      '1 trigger not attached',
    ],
    ['no attached trigger', { triggers: { known: true, value: [] } }, 'No trigger attached'],
    ['unknown triggers', { triggers: { known: false, why: '' } }, 'Triggers: not known'],
    [
      'dead letters',
      { queues: { known: true, value: { deadLetters: 2, waiting: 0 } } },
      '2 dead letters waiting',
    ],
    ['unknown queues', { queues: { known: false, why: '' } }, 'Dead letters: not known'],
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
      'MFA: not known for everyone',
    ],
    [
      'an accepted extra user',
      { extra: { count: 1, examples: [] } },
      '1 WorkOS user without a Cognito user',
    ],
  ])('asks for a look when the two sides are in sync but there is %s', (_case, found, reason) => {
    const readiness = ready(found);
    expect(readinessToVerdict(readiness)).toMatchObject({
      state: 'look',
      headline: 'In sync, but look at this first',
    });
    expect(open(readiness)).toEqual([reason]);
  });

  it('has no open check for users whose MFA is not known when MFA is off in the pool', () => {
    expect(open(ready({ mfa: { ...ready().mfa, notLookedAt: 5 } }))).toEqual([]);
  });

  it('has no open check for messages that wait in the queue', () => {
    const queues = { known: true, value: { deadLetters: 0, waiting: 900 } } as const;
    expect(open(ready({ queues }))).toEqual([]);
  });

  it('asks whether it is the right pool when the pool is empty', () => {
    expect(open(emptyPool())).toEqual(['No user was looked at: is it the right pool?']);
  });

  it('lists every unknown fact and every problem', () => {
    expect(open(unknown())).toEqual([
      'Triggers: not known',
      'Dead letters: not known',
      'MFA: not known for everyone',
    ]);
    expect(open(notReady())).toEqual([
      '37 users missing in WorkOS',
      '18 users different in WorkOS',
      '9 users in conflict',
      '3 WorkOS users without a Cognito user',
      '1 trigger not attached',
      '6 dead letters waiting',
      '11 users without a usable email',
      '42 users must enrol in MFA again',
    ]);
    expect(open(aMillion())).toEqual([
      '1 user missing in WorkOS',
      '641,158 users must enrol in MFA again',
    ]);
  });
});
