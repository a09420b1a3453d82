import type { ToldEvent } from '../events/event.ts';
import { applyEvent, emptyState } from './public/page-state.js';

/** How many events a page that lost its connection can catch up on; one that missed more gets the whole state. */
const REMEMBERED = 1_000;

/** One message of the event stream, as it is written to a page. */
export type PageMessage = { id: string; event: 'snapshot' | 'told'; data: unknown };

/** The state of the page, and the last events that led to it. */
export type History = {
  /** Undefined for an event that the page does not show. */
  add(told: ToldEvent): PageMessage | undefined;
  /** What a page needs that has seen everything up to this id; an unknown id has seen nothing. */
  since(id: string | undefined): PageMessage[];
};

/** @param run tells the ids of this run from those of another one on the same port. */
export function createHistory(run: string): History {
  const state = emptyState();
  const last: PageMessage[] = [];
  let count = 0;
  const idOf = (number: number) => `${run}-${number}`;
  return {
    add(told) {
      if (told.event.kind === 'log' || told.event.kind === 'request') return undefined;
      applyEvent(state, told);
      count++;
      const message: PageMessage = { id: idOf(count), event: 'told', data: told };
      last.push(message);
      if (last.length > REMEMBERED) last.shift();
      return message;
    },
    since(id) {
      if (id === idOf(count)) return [];
      const index = last.findIndex((message) => message.id === id);
      return index >= 0
        ? last.slice(index + 1)
        : [{ id: idOf(count), event: 'snapshot', data: state }];
    },
  };
}
