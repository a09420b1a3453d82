import type { RequestScheduler } from '../bulk/request-scheduler.ts';
import { createWorkers } from '../bulk/workers.ts';
import type { VerifyContext } from './context.ts';
import { fixOne } from './fix-one.ts';
import { readWorkosAgain } from './read-workos.ts';
import { forEachItem, recheckLimit } from './recheck-limit.ts';

export type FixProgress = { phase: 'fixing'; users: number; of: number };

type FixDependencies = {
  context: VerifyContext;
  scheduler: Pick<RequestScheduler, 'inHand'>;
  onProgress?: ((progress: FixProgress) => void) | undefined;
};

/** Of two users who exchange their addresses, the second can only move after the first. */
const MAXIMUM_ROUNDS = 3;

/** `written`: users created, linked or updated. `complete`: false when the run was stopped. */
type FixResult = { written: number; complete: boolean };

/**
 * Mirrors the users of a comparison that the mirror can bring into agreement, from the index that the
 * comparison has, by the same safe mirror as the seed; deletes no user. Repeats until nothing more can be
 * written, at most three times. What WorkOS refuses is noted in the comparison.
 *
 * Afterwards the index is as WorkOS has answered to the writes, up to the recheck limit as WorkOS has
 * answered to another read, and findings that are settled by then are dropped, also when it was stopped.
 */
export async function fix(dependencies: FixDependencies): Promise<FixResult> {
  const { context } = dependencies;
  const { findings } = context.comparison;
  const written = { count: 0, subs: new Set<string>() };
  let complete = true;
  try {
    for (let round = 1; complete && round <= MAXIMUM_ROUNDS; round++) {
      const before = written.count;
      complete = await fixRound(dependencies, written);
      compareFindings(context);
      if (written.count === before || findings.fixable() === 0) break;
    }
    if (complete) await readWritten([...written.subs], context);
  } catch (error) {
    if (!context.stop.aborted) throw error;
    compareFindings(context);
    complete = false;
  } finally {
    await context.ledger.end();
  }
  return { written: written.count, complete };
}

/** @returns false when it was stopped. */
async function fixRound(
  { context, scheduler, onProgress }: FixDependencies,
  written: { count: number; subs: Set<string> },
): Promise<boolean> {
  const { comparison, ledger, stop, abort } = context;
  const limit = recheckLimit(comparison);
  const of = comparison.findings.fixable();
  let users = 0;
  const workers = createWorkers({
    scheduler,
    stop: AbortSignal.any([stop, abort]),
    async settle(user) {
      const isWritten = await fixOne(user, context);
      if (isWritten) written.count++;
      if (isWritten && written.subs.size < limit) written.subs.add(user.sub);
      onProgress?.({ phase: 'fixing', users: ++users, of });
    },
  });
  for (const page of comparison.findings.fixablePages()) {
    await ledger.prepare(page.map(({ sub }) => sub));
    for (const user of page) if (workers.isRunning()) await workers.begin(user);
    // Users who make room for others come first: they are finished before the next page.
    await workers.idle();
  }
  return workers.end();
}

/** Judges the findings anew from the index, without a request: fixed users are none any more. */
function compareFindings({ comparison }: VerifyContext): void {
  for (const page of comparison.findings.pages()) {
    comparison.together(() => {
      for (const { sub } of page) {
        const user = comparison.profiles.get(sub);
        if (user) comparison.judge(user);
        else comparison.forget(sub);
      }
    });
  }
}

/** What WorkOS has after the writes: a write's own answer is not proof enough where a read is cheap. */
async function readWritten(subs: readonly string[], context: VerifyContext): Promise<void> {
  await forEachItem(subs, context.stop, async (sub) => {
    const user = context.comparison.profiles.get(sub);
    if (user) await readWorkosAgain(user, context);
  });
}
