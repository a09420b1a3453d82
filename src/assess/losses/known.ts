import type { Affected } from '../facts.ts';

/** So many users, counted. */
export function known(users: number): Affected {
  return { kind: 'known', users };
}
