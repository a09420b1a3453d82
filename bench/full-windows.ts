import { once } from 'node:events';
import { Agent, request } from 'node:http';
import type { StrictWorkos } from '../local/emulators/workos.ts';

/** Requests a second. */
export type RequestScheduler = { reads: number; writes: number };

/** The longest of WorkOS's windows. */
const WINDOW_MS = 60_000;
const STEP_MS = 100;

/** A clock that can be held still at a moment and goes on from there. */
export function createHoldableClock() {
  let read: () => number = Date.now;
  return {
    now: () => read(),
    holdAt(milliseconds: number) {
      read = () => milliseconds;
    },
    goOn() {
      const shift = read() - Date.now();
      read = () => Date.now() + shift;
    },
  };
}

/**
 * Leaves the stand-in's rate windows as a client does that has kept this pace, evenly, for the last
 * minute, in a few seconds: the clock is held at one moment of that minute after the other.
 *
 * What the windows held before has gone by then; the clock goes on from the minute's end.
 */
export async function fillWindows(
  workos: StrictWorkos,
  clock: ReturnType<typeof createHoldableClock>,
  { reads, writes }: RequestScheduler,
  signal: AbortSignal,
): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  const begin = clock.now() + WINDOW_MS;
  const due = (perSecond: number, step: number) => Math.floor((perSecond * STEP_MS * step) / 1000);
  try {
    for (let step = 0; step < WINDOW_MS / STEP_MS; step++) {
      clock.holdAt(begin + step * STEP_MS);
      const now = (perSecond: number) => due(perSecond, step + 1) - due(perSecond, step);
      await Promise.all([
        ...Array.from({ length: now(reads) }, () => ask(workos, agent, 'GET', signal)),
        ...Array.from({ length: now(writes) }, () => ask(workos, agent, 'POST', signal)),
      ]);
    }
  } finally {
    agent.destroy();
  }
  clock.holdAt(begin + WINDOW_MS);
  clock.goOn();
}

/** A request that counts and changes nothing: a user who does not exist, a create without a body. */
async function ask(workos: StrictWorkos, agent: Agent, method: string, signal: AbortSignal) {
  const path = `/user_management/users${method === 'GET' ? '/external_id/nobody' : ''}`;
  const headers = { authorization: `Bearer ${workos.apiKey}` };
  const asking = request(new URL(path, workos.url), { method, headers, agent, signal }).end();
  const [answer] = await once(asking, 'response');
  answer.resume();
  await once(answer, 'end');
  if (answer.statusCode === 429) throw new Error('the rate windows are full before their time');
}
