import { describe, expect, it } from 'vitest';
import { createQueueRoom, QUEUE_BOUND, VISIBLE_BOUND } from '../../src/patrol/queue-room.ts';

/** A queue whose depth the test sets, and a clock that only it moves. */
function startRoom(depth: { visible: number; inFlight: number }) {
  let ms = 0;
  const room = createQueueRoom({
    readDepth: async () => ({ ...depth, delayed: 0 }),
    now: () => ms,
  });
  const isGranted = async (count: number) => {
    const end = AbortSignal.timeout(20);
    return room.take(count, 'full', end).then(
      () => true,
      () => false,
    );
  };
  const pass = (milliseconds: number) => {
    ms += milliseconds;
  };
  return { isGranted, pass };
}

describe('the room in the queue', () => {
  it('is none while as many messages as the bound wait or are in flight', async () => {
    const depth = { visible: 0, inFlight: QUEUE_BOUND - 1 };
    const { isGranted } = startRoom(depth);
    expect(await isGranted(2)).toBe(false);
    expect(await isGranted(1)).toBe(true);
    expect(await isGranted(1)).toBe(false);
  });

  it('is none while messages wait that no consumer has received', async () => {
    const { isGranted } = startRoom({ visible: VISIBLE_BOUND, inFlight: 0 });
    expect(await isGranted(1)).toBe(false);
  });

  it('is made while no consumer receives anything, and taken back when one does', async () => {
    const depth = { visible: VISIBLE_BOUND, inFlight: 0 };
    const { isGranted, pass } = startRoom(depth);
    expect(await isGranted(1)).toBe(false);
    pass(1_100);
    expect(await isGranted(3)).toBe(true);
    depth.visible = 2 * VISIBLE_BOUND;
    pass(100);
    expect(await isGranted(1)).toBe(false);
    pass(1_100);
    expect(await isGranted(3)).toBe(true);
    depth.visible = 2 * VISIBLE_BOUND - 1;
    pass(100);
    expect(await isGranted(1)).toBe(false);
  });

  it('is never made beyond the bound, however long nothing is received', async () => {
    const depth = { visible: QUEUE_BOUND, inFlight: 0 };
    const { isGranted, pass } = startRoom(depth);
    for (let second = 0; second < 12; second++) {
      expect(await isGranted(1)).toBe(false);
      pass(1_100);
    }
  });

  it('is there again when messages stay in the queue that no consumer can receive, as behind a retried one', async () => {
    const depth = { visible: VISIBLE_BOUND, inFlight: 1 };
    const { isGranted, pass } = startRoom(depth);
    // Others come and are received, so that the queue does move.
    for (let half = 0; half < 20; half++) {
      expect(await isGranted(1)).toBe(false);
      pass(500);
      depth.visible = half % 2 === 0 ? VISIBLE_BOUND + 1 : VISIBLE_BOUND;
    }
    expect(await isGranted(VISIBLE_BOUND)).toBe(true);
    expect(await isGranted(1)).toBe(false);
    depth.visible = 0;
    pass(1_000);
    expect(await isGranted(VISIBLE_BOUND)).toBe(true);
    depth.visible = VISIBLE_BOUND;
    pass(900);
    expect(await isGranted(1)).toBe(false);
  });

  it('counts for two seconds what SQS does not count yet', async () => {
    const depth = { visible: 0, inFlight: QUEUE_BOUND - VISIBLE_BOUND };
    const { isGranted, pass } = startRoom(depth);
    expect(await isGranted(VISIBLE_BOUND)).toBe(true);
    pass(1_900);
    expect(await isGranted(1)).toBe(false);
    pass(2_100);
    expect(await isGranted(1)).toBe(true);
  });
});
