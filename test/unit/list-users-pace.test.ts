import { describe, expect, it } from 'vitest';
import { createListUsersPace } from '../../src/patrol/list-users-pace.ts';

/** Requests in simulated time, each answered at once: their times in milliseconds. */
function startPace(perSecond: number) {
  let ms = 0;
  const pace = createListUsersPace(perSecond, {
    now: () => ms,
    wait: async (milliseconds) => {
      ms += milliseconds;
    },
  });
  return {
    pace,
    async requests(count: number, isRefused: (index: number) => boolean = () => false) {
      const times: number[] = [];
      for (let index = 0; index < count; index++) {
        await pace.turn();
        times.push(ms);
        if (isRefused(index)) pace.refused('TooManyRequestsException');
        else pace.answered();
      }
      return times;
    },
  };
}

const rateOf = (times: number[]) =>
  (1_000 * (times.length - 1)) / ((times.at(-1) ?? 0) - (times[0] ?? 0));

describe('the pace of ListUsers', () => {
  it.each([0.5, 5, 30])('starts at most %d requests in any second, evenly', async (perSecond) => {
    const times = await startPace(perSecond).requests(200);
    for (const at of times) {
      const within = times.filter((each) => each >= at && each < at + 1_000).length;
      expect(within).toBeLessThanOrEqual(Math.max(1, perSecond));
    }
    expect(rateOf(times)).toBeGreaterThan(0.85 * perSecond);
  });

  it('is halved by a refusal, and is back after two hundred answers', async () => {
    const { requests } = startPace(5);
    await requests(10, (index) => index === 9);
    expect(rateOf(await requests(10))).toBeLessThan(0.6 * 5);
    await requests(200);
    expect(rateOf(await requests(20))).toBeGreaterThan(0.9 * 5);
  });

  it('falls to a sixteenth of the bound while Cognito refuses everything', async () => {
    const { requests } = startPace(5);
    await requests(20, () => true);
    expect(rateOf(await requests(5, () => true))).toBeLessThan(5 / 15);
  });
});
