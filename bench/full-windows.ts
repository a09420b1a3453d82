import { once } from 'node:events';
import { Agent, request } from 'node:http';
import type { StrictWorkos } from '../local/emulators/workos.ts';

/** Requests a second. */
export type RequestRates = { reads: number; writes: number };

/** The longest of WorkOS's rate windows. */
const WINDOW_MS = 60_000;
const STEP_MS = 100;

/** A clock that can be stopped at a moment and continues from there. */
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
 * Fills the stand-in's rate windows as a client would that has kept this rate evenly for the last minute, in
 * a few seconds: the clock is stopped at one moment of that minute after the other.
 *
 * What the windows held before has expired by then; the clock continues from the end of the minute.
 */
export async function fillWindows(
  workos: StrictWorkos,
  clock: ReturnType<typeof createHoldableClock>,
  { reads, writes }: RequestRates,
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

/**
 * A request that counts and changes nothing: reads a user who does not exist, or creates one without a body.
 */
async function ask(workos: StrictWorkos, agent: Agent, method: string, signal: AbortSignal) {
  const path = `/user_management/users${method === 'GET' ? '/external_id/nobody' : ''}`;
  const headers = { authorization: `Bearer ${workos.apiKey}` };
  const asking = request(new URL(path, workos.url), { method, headers, agent, signal }).end();
  const [answer] = await once(asking, 'response');
  answer.resume();
  await once(answer, 'end');
  if (answer.statusCode === 429) throw new Error('the rate windows are full before their time');
}
