import { describe, expect, it } from 'vitest';
import { createServerClock } from '../../src/aws/server-clock.ts';

const SERVER = Date.parse('2026-03-01T12:00:00.000Z');
const HOUR = 3_600_000;

/** A machine whose clock is `offBy` milliseconds ahead of the server's, and the server's current Date header. */
function startMachine(offBy: number) {
  let elapsed = 5_000;
  const server = () => SERVER + elapsed;
  const clock = createServerClock({ wall: () => server() + offBy, elapsed: () => elapsed });
  return {
    clock,
    server,
    header: () => new Date(server()).toUTCString(),
    pass(milliseconds: number) {
      elapsed += milliseconds;
    },
  };
}

describe('the server clock', () => {
  it.each([
    ['ahead', HOUR],
    ['behind', -HOUR],
  ])('gives the time of the server within a second when the machine is an hour %s', (_, offBy) => {
    const { clock, server, header, pass } = startMachine(offBy);
    expect(clock.now().getTime() - server()).toBe(offBy);
    clock.note(header());
    pass(90_000);
    expect(Math.abs(clock.now().getTime() - server())).toBeLessThan(1_000);
    expect(clock.aheadMs()).toBe(offBy > 0 ? HOUR : 0);
  });

  it('is never ahead of the server and comes closer to it with each answer', () => {
    const { clock, server, header, pass } = startMachine(0);
    let behind = Number.POSITIVE_INFINITY;
    for (let answer = 0; answer < 50; answer++) {
      pass(130);
      clock.note(header());
      const now = server() - clock.now().getTime();
      expect(now).toBeGreaterThanOrEqual(0);
      expect(now).toBeLessThanOrEqual(behind);
      behind = now;
    }
    expect(behind).toBeLessThan(130);
  });

  it('follows a server that sets its clock back', () => {
    const { clock, server, pass } = startMachine(0);
    clock.note(new Date(server() + 10 * HOUR).toUTCString());
    pass(1_000);
    clock.note(new Date(server()).toUTCString());
    expect(Math.abs(clock.now().getTime() - server())).toBeLessThan(1_000);
  });

  it.each([undefined, null, '', 'soon'])(
    'stays at the time of the machine when the Date header is %j',
    (date) => {
      const { clock, server } = startMachine(HOUR);
      clock.note(date);
      expect(clock.now().getTime()).toBe(server() + HOUR);
      expect(clock.aheadMs()).toBe(0);
    },
  );
});
