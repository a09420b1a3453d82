import type { NamedCheck } from '../../src/status/check.ts';
import type { StatusFacts } from '../../src/status/facts.ts';
import type { NextStep } from '../../src/status/next-step/types.ts';

/** What one look has come to. */
export type StatusView = {
  facts: StatusFacts;
  well: boolean;
  checks: NamedCheck[];
  next: NextStep;
};
