import { WORKOS_LIMITS } from '../local/emulators/workos.ts';
import { showInPool } from '../test/fixtures/cognito-records.ts';
import { at, observedUser } from '../test/fixtures/factories.ts';
import { startDualRun } from '../test/rigs/dual-run.ts';
import { invokeInTurn, observationsToEvents } from './consumer-batches.ts';

/** A flood of sign-in attempts on one user name, wrong passwords included, that waits in the queue. */
export type Flood = {
  ledger: boolean;
  attempts: number;
  attemptsPerSecond: number;
  workosRequests: number;
};

/** Cognito's own limit of sign-ins a second (default quota of UserAuthentication). */
export const COGNITO_SIGN_INS_PER_SECOND = 120;
const LATENCY_MS = 80;

/** Measures a flood with the ledger and one without. */
export async function measureFloods(options: {
  attempts: number;
  signal: AbortSignal;
}): Promise<Flood[]> {
  const floods: Flood[] = [];
  for (const ledger of [true, false]) {
    options.signal.throwIfAborted();
    floods.push(await measureFlood(options.attempts, ledger));
  }
  return floods;
}

async function measureFlood(attempts: number, ledger: boolean): Promise<Flood> {
  const run = await startDualRun({
    ledger,
    workos: { limits: WORKOS_LIMITS, latencyMs: LATENCY_MS },
  });
  try {
    const user = observedUser({ sub: 'flooded', username: 'flooded' });
    showInPool(run.cognito, user);
    // The first observation is the sign-up; it also starts the sandbox.
    await invokeInTurn(run, observationsToEvents([user], run));
    run.workos.control.clear();
    const states = Array.from({ length: attempts }, (_, n) => ({ ...user, observedAt: at(n + 1) }));
    const events = observationsToEvents(states, run);
    const from = performance.now();
    await invokeInTurn(run, events);
    const seconds = (performance.now() - from) / 1000;
    return {
      ledger,
      attempts,
      attemptsPerSecond: attempts / seconds,
      workosRequests: run.workos.control.requests.length,
    };
  } finally {
    await run.close();
  }
}
