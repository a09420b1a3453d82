/** What is known of a message's earlier deliveries, and why it has to wait. */
export type Waiting = {
  /** Deliveries, this one included (SQS: ApproximateReceiveCount). */
  deliveries: number;
  /** Since the first delivery, in seconds. */
  ageSeconds: number;
  /** WorkOS refused the request as one too many: it works, and only wants to be asked later. */
  isRateLimited: boolean;
  retryAfterSeconds: number | undefined;
};

const MAXIMUM_DELAY_SECONDS = 900;
/** A quarter more at random, so that an outage does not end in a stampede. */
const JITTER = 0.25;
/** Until then the delay doubles with each delivery. */
const DOUBLES_UNTIL_SECONDS = 30;
/**
 * From then on it is this part of the time that the message has waited already. So the last user waits
 * little longer after an outage than the queue takes to drain: half a minute after one of an hour. (With
 * a sixtieth, users who met one more error waited 1.42 times backlog ÷ rate: test/integration/outage.test.ts.)
 */
const PART_OF_AGE = 1 / 120;

/**
 * Seconds until the next delivery, never less than WorkOS asked for, never more than 900.
 *
 * @param random 0 to 1.
 */
export function retryDelay(waiting: Waiting, random: number): number {
  const { isRateLimited, retryAfterSeconds = 0 } = waiting;
  const wanted = Math.max(isRateLimited ? 1 : growingDelay(waiting), retryAfterSeconds);
  return Math.min(MAXIMUM_DELAY_SECONDS, Math.ceil(wanted * (1 + JITTER * random)));
}

function growingDelay({ deliveries, ageSeconds }: Waiting): number {
  const doublings = Math.min(20, Math.max(0, (Number.isFinite(deliveries) ? deliveries : 1) - 1));
  const most = Math.max(
    DOUBLES_UNTIL_SECONDS,
    Number.isFinite(ageSeconds) ? ageSeconds * PART_OF_AGE : 0,
  );
  return Math.min(2 ** doublings, most);
}
