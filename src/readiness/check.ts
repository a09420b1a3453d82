import type { Readiness } from './facts.ts';

/** The checks, by the names that `--json` gives them. */
export type CheckName =
  | 'complete'
  | 'missing'
  | 'stale'
  | 'conflicts'
  | 'extra'
  | 'unreadable'
  | 'users'
  | 'triggers'
  | 'dead_letters'
  | 'waiting_messages'
  | 'usable_email'
  | 'providers'
  | 'mfa';

/** `detail`: what was found; `todo`: what to do about it. Plain text without personal data. */
export type ReadinessCheck = {
  name: CheckName;
  status: 'ok' | 'look' | 'differs';
  detail: string;
  todo?: string;
};

/** What a verdict rests on. */
export type VerdictFacts = Omit<Readiness, 'generatedAt' | 'workos' | 'crossedOver' | 'accepted'>;
