import type { NamedCheck, StatusName } from '../check.ts';
import type { StatusFacts } from '../facts.ts';
import type { LastFigures } from '../run-figures.ts';
import type { CommandTarget } from './types.ts';

/** All that a step of the migration is decided on. */
export type Situation = {
  facts: StatusFacts;
  figures: LastFigures;
  stateOf: (name: StatusName) => NamedCheck['state'] | undefined;
  target: CommandTarget;
};
