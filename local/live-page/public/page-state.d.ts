import type { EventLine, LocalEvent, ToldEvent } from '../../events/event.ts';
import type { ShownProfile, ShownUser } from '../../events/shown.ts';

type Outcome = { outcome: string; reason?: string | undefined };
/** `advice`: what a conflict means. */
type AdvisedOutcome = Outcome & { advice?: string | undefined };

/** A message on its way, or one that was delivered; `outcome` is absent for one that a newer one superseded. */
export type ShownMessage = Partial<Outcome> & {
  id: string;
  sub: string;
  /** Whom it is about, for people. */
  label: string;
  /** What sent it: a trigger, a change, the patrol. */
  cause: string;
  state: 'waiting' | 'taken' | 'again';
};

/** Whom something happened to last, newest first. */
type Moved = { name: string; email: string; what: string };

export type PageState = {
  phase: { name: Extract<LocalEvent, { kind: 'phase' }>['phase']; text: string };
  /** `cut`: how many of the first lines are no longer kept. */
  steps: { number: number; title: string; lines: EventLine[]; cut: number }[];
  stepsInAll: number;
  isSum: boolean;
  /** By sub. */
  profiles: Record<string, ShownProfile>;
  /** By id. */
  users: Record<string, ShownUser>;
  /** The last one of each profile, by sub. */
  outcomes: Record<string, AdvisedOutcome>;
  /** What the next message about a profile comes from, by sub. */
  causes: Record<string, string>;
  waiting: ShownMessage[];
  delivered: ShownMessage[];
  deadLetters: {
    count: number;
    letters: { id: string; sub: string; label: string; reason: string }[];
  };
  messages: number;
  /** How many messages had each outcome, with its reason. */
  totals: Record<string, number>;
  movedProfiles: (Moved & { sub: string })[];
  movedUsers: (Moved & { id: string; externalId: string })[];
};

export function emptyState(): PageState;
export function applyEvent(state: PageState, told: ToldEvent): PageState;
export function holderOf(state: PageState, sub: string): ShownUser | undefined;
