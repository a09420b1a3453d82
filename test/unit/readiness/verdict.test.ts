import { describe, expect, it } from 'vitest';
import type { Readiness } from '../../../src/readiness/facts.ts';
import { readinessToVerdict } from '../../../src/readiness/page/checks.ts';
import { aMillion, emptyPool, notReady, ready, subOf, unknown } from '../../fixtures/readiness.ts';

const one = { count: 1, examples: [{ sub: subOf(1) }] };
const attached = { trigger: 'PostConfirmation', attached: true, detail: '' };

function open(readiness: Readiness): string[] {
  return readinessToVerdict(readiness)
    .checks.filter(({ state }) => state !== 'ok')
    .map(({ text }) => text);
}

describe('the verdict', () => {
  it('is ready when both sides agree, the triggers are attached and no dead letters wait', () => {
    expect(readinessToVerdict(ready())).toMatchObject({
      state: 'ok',
      headline: 'Ready to cut over',
    });
    expect(open(ready())).toEqual([]);
  });

  it.each<[string, Partial<Readiness>, string]>([
    ['missing', { missing: one }, '1 user missing in WorkOS'],
    ['stale', { stale: { count: 2, examples: [], fields: {} } }, '2 users different in WorkOS'],
    [
      'conflicts',
      { conflicts: { count: 1, examples: [], reasons: { email_taken: 1 } } },
      '1 user in conflict',
    ],
    [
      'extra',
      { extra: { count: 1_000, examples: [] } },
      '1,000 WorkOS users without a Cognito user',
    ],
    ['nobody', {}, 'Not everyone could be compared: see what verify says'],
  ])('is not ready while the sides differ: %s', (_case, drift, reason) => {
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
    ['no trigger', { triggers: { known: true, value: [] } }, 'No trigger attached'],
    ['unknown triggers', { triggers: { known: false, why: '' } }, 'Triggers: not known'],
    [
      'dead letters',
      { queues: { known: true, value: { deadLetters: 2, waiting: 0 } } },
      '2 dead letters waiting',
    ],
    ['unknown queues', { queues: { known: false, why: '' } }, 'Dead letters: not known'],
    [
      'no usable email',
      { withoutUsableEmail: { count: 1, examples: [] } },
      '1 user without a usable email',
    ],
    [
      'MFA',
      { mfa: { ...ready().mfa, setting: 'ON', enrolled: { count: 3, examples: [] } } },
      '3 users must enrol in MFA again',
    ],
    [
      'unknown MFA',
      { mfa: { ...ready().mfa, setting: 'OPTIONAL', notLookedAt: 5 } },
      'MFA: not known for everyone',
    ],
    [
      'an extra user that is let pass',
      { extra: { count: 1, examples: [] } },
      '1 WorkOS user without a Cognito user',
    ],
  ])('asks for a look, although in sync: %s', (_case, found, reason) => {
    const readiness = ready(found);
    expect(readinessToVerdict(readiness)).toMatchObject({
      state: 'look',
      headline: 'In sync, but look at this first',
    });
    expect(open(readiness)).toEqual([reason]);
  });

  it('does not mind whom nobody asked about while the MFA of the pool is off', () => {
    expect(open(ready({ mfa: { ...ready().mfa, notLookedAt: 5 } }))).toEqual([]);
  });

  it('does not mind messages on their way', () => {
    const queues = { known: true, value: { deadLetters: 0, waiting: 900 } } as const;
    expect(open(ready({ queues }))).toEqual([]);
  });

  it('of an empty pool asks whether it is the right one', () => {
    expect(open(emptyPool())).toEqual(['No user was looked at: is it the right pool?']);
  });

  it('names all that is unknown, and all that is wrong', () => {
    expect(open(unknown())).toHaveLength(3);
    expect(open(notReady())).toHaveLength(8);
    expect(open(aMillion())).toEqual([
      '1 user missing in WorkOS',
      '641,158 users must enrol in MFA again',
    ]);
  });
});
