import { describe, expect, it } from 'vitest';
import type { EventLine, LocalEvent } from '../../../local/events/event.ts';
import type { ShownProfile, ShownUser } from '../../../local/events/shown.ts';
import { applyEvent, emptyState } from '../../../local/live-page/public/page-state.js';

const ADA: ShownProfile = {
  sub: 'sub-ada',
  email: 'ada@example.com',
  isVerified: true,
  name: 'Ada Byron',
  status: 'CONFIRMED',
  isEnabled: true,
  providers: [],
};
const ADA_IN_WORKOS: ShownUser = {
  id: 'user_1',
  email: ADA.email,
  isVerified: true,
  name: ADA.name,
  externalId: ADA.sub,
  auth: ['password'],
  providers: [],
  clients: [],
  linked: [],
  hasSignedIn: false,
  isMailed: false,
};
const LINE: EventLine = { tone: 'cognito', who: 'Cognito', text: 'SignUp' };

function stateAfter(...events: LocalEvent[]) {
  const state = emptyState();
  for (const event of events) applyEvent(state, { event, lines: [] });
  return state;
}

function queued(messageId: string, sub = ADA.sub): LocalEvent {
  return { kind: 'queued', messageId, sub, isDeadLetter: false };
}

function outcome(messageId: string, name: string, reason?: string): LocalEvent {
  const cost = { reads: 1, writes: 0 };
  return { kind: 'outcome', messageId, sub: ADA.sub, outcome: name, reason, ...cost };
}

const PRESENT: LocalEvent = { kind: 'profiles', profiles: [ADA] };
const TRIGGER: LocalEvent = {
  kind: 'trigger',
  source: 'PostConfirmation_ConfirmSignUp',
  sub: ADA.sub,
  email: ADA.email,
  status: 'CONFIRMED',
  isSealed: false,
};

describe("the live page's state", () => {
  it('names the trigger that a message on its way comes from', () => {
    const { waiting } = stateAfter(PRESENT, TRIGGER, queued('m1'));
    expect(waiting).toEqual([
      { id: 'm1', sub: ADA.sub, label: ADA.name, cause: 'PostConfirmation', state: 'waiting' },
    ]);
  });

  it('has a message with its outcome among those taken when the consumer is done with it', () => {
    const state = stateAfter(
      PRESENT,
      queued('m1'),
      { kind: 'taken', messageIds: ['m1'] },
      outcome('m1', 'created'),
      { kind: 'settled', done: ['m1'], kept: [] },
    );
    expect(state.waiting).toEqual([]);
    expect(state.delivered).toMatchObject([{ id: 'm1', outcome: 'created' }]);
    expect(state.totals).toEqual({ created: 1 });
  });

  it('finds the outcome of a message that arrives after the batch was settled', () => {
    const settled: LocalEvent = { kind: 'settled', done: ['m1'], kept: [] };
    const state = stateAfter(PRESENT, queued('m1'), settled, outcome('m1', 'unchanged'));
    expect(state.delivered).toMatchObject([{ id: 'm1', outcome: 'unchanged' }]);
  });

  it('shows a message that the consumer kept as one to be tried again', () => {
    const state = stateAfter(PRESENT, queued('m1'), { kind: 'settled', done: [], kept: ['m1'] });
    expect(state.waiting).toMatchObject([{ id: 'm1', state: 'again' }]);
    expect(state.delivered).toEqual([]);
  });

  it('shows a message once that SQS has accepted twice under one id', () => {
    expect(stateAfter(PRESENT, queued('m1'), queued('m1')).waiting).toHaveLength(1);
  });

  it('keeps a conflict with its profile until WorkOS has the profile', () => {
    const conflict = outcome('m1', 'conflict', 'unverified_in_workos');
    const inConflict = stateAfter(PRESENT, queued('m1'), conflict);
    expect(inConflict.outcomes[ADA.sub]).toMatchObject({ reason: 'unverified_in_workos' });
    const solved = stateAfter(PRESENT, queued('m1'), conflict, {
      kind: 'user',
      user: ADA_IN_WORKOS,
    });
    expect(solved.outcomes[ADA.sub]).toBeUndefined();
  });

  it('lists dead letters with their reason until they are taken away', () => {
    const letter: LocalEvent = {
      kind: 'queued',
      messageId: 'd1',
      sub: ADA.sub,
      isDeadLetter: true,
      reason: 'invalid_email',
    };
    const state = stateAfter(PRESENT, queued('m1'), letter);
    expect(state.deadLetters).toMatchObject({ count: 1, letters: [{ reason: 'invalid_email' }] });
    expect(state.waiting).toMatchObject([{ outcome: 'dead letter', reason: 'invalid_email' }]);
    applyEvent(state, { event: { kind: 'dead-letters', count: 0 }, lines: [] });
    expect(state.deadLetters).toEqual({ count: 0, letters: [] });
  });

  it.each<[string, ShownProfile]>([
    ['disabled', { ...ADA, isEnabled: false }],
    ['new name', { ...ADA, name: 'Ada Lovelace' }],
    ['new address', { ...ADA, email: 'ada.lovelace@example.com' }],
  ])('says of a changed profile: %s', (what, changed) => {
    const state = stateAfter(PRESENT, { kind: 'profiles', profiles: [changed] });
    expect(state.movedProfiles).toMatchObject([{ sub: ADA.sub, what }]);
    expect(state.profiles[ADA.sub]).toEqual(changed);
  });

  it('still names a profile that was deleted among those that moved', () => {
    const state = stateAfter(PRESENT, { kind: 'profile-gone', sub: ADA.sub });
    expect(state.profiles).toEqual({});
    expect(state.movedProfiles).toMatchObject([{ name: ADA.name, what: 'deleted' }]);
  });

  it('moves nobody for a listing of the whole pool', () => {
    const profiles = Array.from({ length: 300 }, (_, i) => ({ ...ADA, sub: `sub-${i}` }));
    const state = stateAfter({ kind: 'profiles', profiles });
    expect(Object.keys(state.profiles)).toHaveLength(300);
    expect(state.movedProfiles).toEqual([]);
  });

  it('puts what is told into the step that is played', () => {
    const state = stateAfter(
      { kind: 'step', title: 'Ada signs up', steps: 2 },
      { kind: 'step', title: 'Ada signs in', steps: 2 },
    );
    applyEvent(state, { event: TRIGGER, lines: [LINE] });
    expect(state.steps).toEqual([
      { number: 1, title: 'Ada signs up', lines: [], cut: 0 },
      { number: 2, title: 'Ada signs in', lines: [LINE], cut: 0 },
    ]);
  });

  it('does not grow with the number of messages', () => {
    const state = stateAfter(PRESENT, { kind: 'step', title: 'A busy day', steps: 1 });
    const sizes = new Set<number>();
    for (let i = 0; i < 2_000; i++) {
      const sub = `sub-${i}`;
      const events: LocalEvent[] = [
        { ...TRIGGER, sub },
        queued(`m${i}`, sub),
        { kind: 'queued', messageId: `d${i}`, sub, isDeadLetter: true, reason: 'invalid_email' },
        { kind: 'settled', done: [`m${i}`], kept: [] },
        // A trigger whose message is lost.
        { ...TRIGGER, sub: `lost-${i}` },
      ];
      for (const event of events) applyEvent(state, { event, lines: [LINE] });
      if (i >= 1_000) sizes.add(Math.round(JSON.stringify(state).length / 2_000));
    }
    expect(sizes.size).toBe(1);
  });
});
