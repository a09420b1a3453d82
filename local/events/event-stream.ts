import type { LocalEvent, ToldEvent } from './event.ts';
import { eventToLines } from './event-to-lines.ts';

/** Everything that happens in the local run, for the terminal and the page alike. */
export type EventStream = {
  emit(event: LocalEvent): void;
  /** Calls `listener` for every event from now on; returns what ends that. */
  subscribe(listener: (told: ToldEvent) => void): () => void;
};

export function createEventStream(): EventStream {
  const listeners = new Set<(told: ToldEvent) => void>();
  let isSum = false;
  return {
    emit(event) {
      if (event.kind === 'sum') isSum = event.isOn;
      const told = { event, lines: eventToLines(event, { isSum }) };
      for (const listener of listeners) listener(told);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
