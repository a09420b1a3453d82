import { type StrictWorkosControl, WORKOS_LIMITS } from '../local/emulators/workos.ts';
import { decide } from '../src/mirror/decide/decide.ts';
import type { CountMetric } from '../src/telemetry/telemetry.ts';
import type { ObservedUser } from '../src/user/observed-user.ts';
import { at, observedUser } from '../test/fixtures/factories.ts';
import type { RequestRates } from './full-windows.ts';

/** A kind of event, and its budget in requests an event (docs/design.md#budget). */
export type EventKind = {
  name: 'new' | 'unchanged' | 'changed';
  budget: RequestRates;
  outcome: CountMetric;
  /** The user as Cognito shows it now. */
  observation(number: number): ObservedUser;
  /** Whether WorkOS has the user already. */
  mirrored: boolean;
};

const observation = (number: number) => user(number, { observedAt: at(60) });

/** A new user, a sign-in that changes nothing, and a changed name. */
export const KINDS: readonly EventKind[] = [
  {
    name: 'new',
    budget: { reads: 1, writes: 1 },
    outcome: 'OutcomeCreated',
    observation,
    mirrored: false,
  },
  {
    name: 'unchanged',
    budget: { reads: 1, writes: 0 },
    outcome: 'OutcomeUnchanged',
    observation,
    mirrored: true,
  },
  {
    name: 'changed',
    budget: { reads: 1, writes: 1 },
    outcome: 'OutcomeUpdated',
    observation: (number) => ({ ...observation(number), givenName: 'Augusta' }),
    mirrored: true,
  },
];

/** The most events a second that WorkOS's limits allow, without a request more than the budget. */
export function bestRate({ reads, writes }: RequestRates): number {
  const { readsPer10s, writesPer10s, requestsPer60s } = WORKOS_LIMITS;
  return Math.min(
    readsPer10s / 10 / reads,
    writesPer10s / 10 / writes,
    requestsPer60s / 60 / (reads + writes),
  );
}

/** Creates the first `count` users in WorkOS, as the mirror would have from an earlier observation. */
export function mirrorUsers(control: StrictWorkosControl, count: number): void {
  for (let number = 0; number < count; number++) {
    const decision = decide(user(number), {}, { trustedProviders: new Map() });
    if (decision.kind !== 'create') throw new Error(`a new user would be ${decision.kind}`);
    const { email, emailVerified, firstName, lastName, externalId, metadata } = decision.user;
    control.seedUser({
      email,
      email_verified: emailVerified,
      first_name: firstName ?? null,
      last_name: lastName ?? null,
      external_id: externalId ?? null,
      metadata,
    });
  }
}

function user(number: number, partial: Partial<ObservedUser> = {}): ObservedUser {
  const digits = String(number).padStart(12, '0');
  return observedUser({
    sub: `aaaaaaaa-0000-4000-8000-${digits}`,
    username: `user-${digits}`,
    email: `user-${digits}@example.com`,
    ...partial,
  });
}
