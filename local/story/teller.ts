import type { EventStream } from '../events/event-stream.ts';

/** How the story says what it does. */
export type Teller = {
  /** Announces what happens next. */
  chapter(title: string): void;
  /** A line within it, by whom or what it is about. */
  tell(who: string, text: string): void;
  /** Says nothing of the single messages while `work` is under way, and counts them. */
  sumUp(work: () => Promise<void>): Promise<MessageCounts>;
};

/** `outcomes`: by outcome, with its reason. */
export type MessageCounts = {
  messages: number;
  outcomes: Record<string, number>;
  reads: number;
  writes: number;
};

/** @param steps how many chapters there are. */
export function createTeller({ emit, subscribe }: EventStream, steps: number): Teller {
  return {
    chapter: (title) => emit({ kind: 'step', title, steps }),
    tell: (who, text) => emit({ kind: 'note', who, text }),
    async sumUp(work) {
      const counts: MessageCounts = { messages: 0, outcomes: {}, reads: 0, writes: 0 };
      const unsubscribe = subscribe(({ event }) => {
        if (event.kind === 'queued') counts.messages++;
        else if (event.kind === 'request') counts[event.isWrite ? 'writes' : 'reads']++;
        else if (event.kind === 'outcome') {
          const key = event.reason ? `${event.outcome} (${event.reason})` : event.outcome;
          counts.outcomes[key] = (counts.outcomes[key] ?? 0) + 1;
        }
      });
      emit({ kind: 'sum', isOn: true });
      try {
        await work();
      } finally {
        emit({ kind: 'sum', isOn: false });
        unsubscribe();
      }
      return counts;
    },
  };
}
