import { Option } from 'commander';
import type { MassAction } from './confirm.ts';

/** Up to so many a command acts on without a question: what an operator can set right by hand. */
export const MAIL_BOUND = 10;
/** Of WorkOS users whose passwords are overwritten. */
const TAKE_OVER_BOUND = 10;
/** Of WorkOS users deleted. */
export const DELETION_BOUND = 10;
/** A fix writes what the consumer would write: more than these are a sign of a wrong pool or environment. */
export const FIX_BOUND = 100;

/** The question before WorkOS users are taken over; `where`: of which pool, in which environment. */
export function takeOversToMassAction(
  count: number,
  { where, yes }: { where: string; yes: boolean },
): MassAction {
  return {
    action: 'take over, with their passwords overwritten and their sessions ended,',
    count,
    what: `WorkOS users with an unverified email, for users ${where}`,
    bound: TAKE_OVER_BOUND,
    yes,
    undone: 'no WorkOS user was taken over',
  };
}

/** The bound on take-overs, for `--help`. */
export const MANY_TAKE_OVERS = `more than ${TAKE_OVER_BOUND} WorkOS users taken over`;

/** @param what is asked about, with its bound: "more than 10 mails". */
export function yesOption(what: string): Option {
  return new Option(
    '--yes',
    `do not ask: ${what} need the number typed on a terminal, and --yes elsewhere`,
  );
}
