import type { LossName } from './facts.ts';

/** One line of plain text about what was found, and what to do. `section`: where the page says more. */
export type AssessmentCheck = {
  name: CheckName;
  status: 'ok' | 'look' | 'blocked';
  detail: string;
  todo?: string;
  section: 'pool' | 'losses' | 'workos' | 'forecast';
};

export type CheckName =
  | 'usable_users'
  | 'region'
  | 'triggers'
  | 'conflicts'
  | 'unreadable'
  | 'workos'
  | 'unknown'
  | LossName;
