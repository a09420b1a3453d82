import type { PatrolState } from '../patrol/patrol-state.ts';

/** What the deployed patrol shows at one moment. Messages in the queues are counted about, as SQS does. */
export type RoundLook = { state: PatrolState; waiting: number; deadLetters: number };

/** Looks at the table and the queues. Rejects with PatrolAwsError or PatrolStateError. */
export type LookAtRound = () => Promise<RoundLook>;

/** A full round that this command has started, or found under way. */
export type BegunRound = {
  /** Undefined until the patrol has taken the request. */
  round: string | undefined;
  /** Of the state machine; undefined where a living worker is at the round. */
  execution: string | undefined;
  /** `attached`: under way, with a living worker; `resumed`: under way, but its worker is gone. */
  how: 'started' | 'attached' | 'resumed';
  /** When the command began. */
  before: RoundLook;
};

export type RoundCounts = { listed: number; published: number; problems: number };

/** How far the round is. `draining`: all is published, and the consumer works on the rest. */
export type RoundView = RoundCounts & {
  phase: 'requested' | 'publishing' | 'draining';
  waiting: number;
  /** Since the command began. */
  newDeadLetters: number;
};

/** `running`: the command no longer watches it. */
export type RoundEnd = 'finished' | 'stopped' | 'running';

/** What came of watching a round. */
export type WatchedRound = RoundCounts & {
  round: string | undefined;
  end: RoundEnd;
  begunAt: string | undefined;
  endedAt: string | undefined;
  waiting: number;
  deadLetters: { before: number; after: number };
};
