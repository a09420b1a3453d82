/** The deliveries of a message so far, and why it is retried. */
type RetryContext = {
  /** Deliveries, this one included (SQS: ApproximateReceiveCount). */
  deliveries: number;
  /** Seconds since the first delivery. */
  ageSeconds: number;
  /** WorkOS answered 429: it works, so the delay need not grow. */
  isRateLimited: boolean;
  retryAfterSeconds: number | undefined;
};

const MAXIMUM_DELAY_SECONDS = 900;
/** Up to a quarter is added at random, so that after an outage not all messages return at once. */
const JITTER = 0.25;
/** Up to here the delay doubles with each delivery. */
const DOUBLES_UNTIL_SECONDS = 30;
/**
 * Beyond that it is this part of the message's age. So after an outage the last user waits little longer
 * than the queue takes to drain: half a minute after an outage of an hour. (With 1/60, users whose message
 * failed once more waited 1.42 times backlog ÷ rate: test/integration/outage.test.ts.)
 */
const PART_OF_AGE = 1 / 120;

/**
 * Whole seconds until the next delivery of a message: at least what WorkOS's `Retry-After` asks for, and
 * at most 900 (docs/design.md#consumer).
 *
 * @param random 0 to 1.
 */
export function retryDelay(context: RetryContext, random: number): number {
  const { isRateLimited, retryAfterSeconds = 0 } = context;
  const delay = Math.max(isRateLimited ? 1 : growingDelay(context), retryAfterSeconds);
  return Math.min(MAXIMUM_DELAY_SECONDS, Math.ceil(delay * (1 + JITTER * random)));
}

function growingDelay({ deliveries, ageSeconds }: RetryContext): number {
  const doublings = Math.min(20, Math.max(0, (Number.isFinite(deliveries) ? deliveries : 1) - 1));
  const most = Math.max(
    DOUBLES_UNTIL_SECONDS,
    Number.isFinite(ageSeconds) ? ageSeconds * PART_OF_AGE : 0,
  );
  return Math.min(2 ** doublings, most);
}
