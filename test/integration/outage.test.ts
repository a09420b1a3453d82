import { describe, expect, it } from 'vitest';
import { SERVERLESS_FILE } from '../../local/emulators/lambda/lambda.ts';
import { readServerlessConfig } from '../../local/emulators/lambda/serverless-config.ts';
import { type OutageOptions, type OutageResult, simulateOutage } from '../simulation/outage.ts';

// In simulated time: what is asserted of waits and days is the same on every machine.
const { queue } = await readServerlessConfig(SERVERLESS_FILE);
const HOUR = 3_600;
const DAY = 86_400;

function simulate(options: Partial<OutageOptions>): Promise<OutageResult> {
  return simulateOutage({ users: 10_000, outageSeconds: HOUR, share: 0.5, queue, ...options });
}

/** How much longer than backlog ÷ rate the last user waits, and the median one. */
function timesIdeal({ lastWait, medianWait, ideal }: OutageResult) {
  return { last: lastWait / ideal, median: medianWait / (ideal / 2) };
}

describe("after an hour's outage of WorkOS", { timeout: 120_000 }, () => {
  it.each<[string, Partial<OutageOptions>]>([
    ['mirrors 10,000 waiting users at the speed of its share', {}],
    [
      'mirrors 10,000 waiting users at that speed when one in twenty fails once more',
      { alsoFailing: 0.05, rateLimited: 0.02 },
    ],
    [
      'mirrors 10,000 waiting users at that speed when WorkOS did not answer at all',
      { failsAfterMs: 10_000 },
    ],
    ['mirrors 10,000 waiting users at the speed of the whole limit', { share: 1 }],
    [
      'mirrors 60,000 waiting users at the speed of the whole limit, through errors',
      { users: 60_000, share: 1, alsoFailing: 0.05, rateLimited: 0.02 },
    ],
  ])('the consumer %s', async (_, options) => {
    const result = await simulate(options);
    expect(result).toMatchObject({ waiting: 0, deadLetters: 0, expired: 0 });
    expect(result.mirrored).toBe(options.users ?? 10_000);
    expect(timesIdeal(result).last).toBeLessThanOrEqual(1.2);
    expect(timesIdeal(result).median).toBeLessThanOrEqual(1.2);
  });
});

describe('in an outage of WorkOS that lasts for weeks', { timeout: 120_000 }, () => {
  const days = (outageDays: number, options: Partial<OutageOptions> = {}) =>
    simulate({ users: 50, outageSeconds: outageDays * DAY, ...options });

  it('the consumer mirrors every user after twenty days, longer than SQS keeps a message', async () => {
    const result = await days(20);
    expect(result).toMatchObject({ mirrored: 50, waiting: 0, deadLetters: 0, expired: 0 });
    expect(result.mostDeliveries).toBeLessThan(queue.maxReceiveCount);
    // The longest delay, a quarter of an hour.
    expect(result.lastWait).toBeLessThanOrEqual(901);
  });

  it('a consumer that throws moves no message to the dead-letter queue in fourteen days', async () => {
    const result = await days(14, { throws: true, watchedSeconds: 0 });
    expect(result).toMatchObject({ deadLetters: 0 });
    expect(result.waiting + result.expired).toBe(50);
  });

  it('a consumer that throws moves messages to the dead-letter queue when the visibility timeout is a quarter of an hour', async () => {
    const hasty = { ...queue, visibilityTimeoutSeconds: 900 };
    const result = await days(14, { throws: true, watchedSeconds: 0, queue: hasty });
    expect(result.deadLetters).toBeGreaterThan(0);
  });
});
