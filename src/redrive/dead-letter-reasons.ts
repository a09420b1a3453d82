/**
 * What a reason means for a replay, and what a person does about it, in one line.
 *
 * - `replayable`: a replay can help once the cause is fixed.
 * - `discardable`: no replay ever can, whatever is deployed or corrected.
 */
export type ReasonAdvice = { replayable: boolean; discardable: boolean; what: string };

/** SQS moved the message by itself, so the consumer noted no reason (maxReceiveCount, serverless/queues.yml). */
export const TOO_MANY_RECEIVES = 'too_many_receives';

/** The reasons the consumer gives by itself; every other one is a code of WorkOS. */
const ADVICE: Record<string, ReasonAdvice> = {
  malformed_message: {
    replayable: false,
    discardable: true,
    what: 'the message cannot be read, however often it is sent: --discard FILE moves it out of the queue; the next sign-in or npx cws seed brings the user',
  },
  unsupported_version: {
    replayable: false,
    discardable: false,
    what: 'written by another version than the consumer reads: deploy again, then --replay --reason unsupported_version',
  },
  [TOO_MANY_RECEIVES]: {
    replayable: true,
    discardable: false,
    what: 'received too often without an outcome: see in the log of the consumer that it works again, then replay',
  },
  invalid_email: {
    replayable: true,
    discardable: false,
    what: 'WorkOS refuses the address: correct it in Cognito, bring the user with npx cws seed or a sign-in, then replay',
  },
  invalid_metadata: {
    replayable: true,
    discardable: false,
    what: 'WorkOS refuses the metadata: make room among its keys in WorkOS, then replay',
  },
  email_change_not_allowed: {
    replayable: true,
    discardable: false,
    what: 'a directory manages this WorkOS user: change the email there, then replay',
  },
};

export function adviseOn(reason: string): ReasonAdvice {
  const own = Object.hasOwn(ADVICE, reason) ? ADVICE[reason] : undefined;
  if (own) return own;
  return {
    replayable: true,
    discardable: false,
    what: 'WorkOS refused the user with this code: correct the user in Cognito or WorkOS, bring it with npx cws seed, then replay',
  };
}
