import type { StepResult } from '../types.ts';
import type { Waited } from '../wait.ts';

/** How one step ended, before it is reported. `seconds`: null where nothing was waited for. */
export type StepOutcome = { result: StepResult; seconds: number | null; reason: string | null };

export function notProved(reason: string, seconds: number | null = null): StepOutcome {
  return { result: 'not_proved', seconds, reason };
}

export function failed(reason: string, seconds: number | null = null): StepOutcome {
  return { result: 'failed', seconds, reason };
}

/** @param reason of an arrival: what is to be known about it. */
export function arrived(seconds: number, reason: string | null = null): StepOutcome {
  return { result: 'arrived', seconds, reason };
}

/** @param what did not come, as a sentence. */
export function late(waited: Waited<unknown> & { kind: 'late' }, what: string): StepOutcome {
  const trouble = waited.trouble === undefined ? '' : `; ${waited.trouble}`;
  return failed(`${what} within ${waited.seconds} s${trouble}`, waited.seconds);
}
