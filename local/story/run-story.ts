import type { EventStream } from '../events/event-stream.ts';
import type { LocalSystem } from '../local-system.ts';
import { createPeople } from '../people.ts';
import { createAuthkit } from './authkit.ts';
import { createCanary } from './canary.ts';
import { createCommands } from './commands.ts';
import { compare, type StoryComparison } from './compare.ts';
import { createCutover } from './cutover.ts';
import { createOperator } from './operator.ts';
import { createPasswords } from './passwords.ts';
import { STORY } from './story.ts';
import { createTeller } from './teller.ts';

/** Far longer than any step takes: then something is broken. */
const STEP_TIMEOUT_MS = 30_000;

/**
 * Tells the story, each step until the queue is empty again, and compares both sides.
 * Rejects when a step fails, when the queue does not empty, and with `signal.reason` when aborted.
 */
export async function runStory(
  system: LocalSystem,
  stream: EventStream,
  signal: AbortSignal,
): Promise<StoryComparison> {
  const teller = createTeller(stream, STORY.length);
  const commands = await createCommands(system, signal);
  const people = createPeople(system);
  const cast = {
    people,
    operator: createOperator(system, teller, signal),
    authkit: createAuthkit(system, teller),
    cutover: createCutover(system, teller, commands),
    passwords: createPasswords(people, teller, commands),
    canary: createCanary(system, teller, commands),
    observeChanges: system.observeChanges,
  };
  try {
    for (const { title, act } of STORY) {
      signal.throwIfAborted();
      teller.chapter(title);
      await act(cast);
      await drain(system, signal);
    }
  } finally {
    await commands.close();
  }
  return compare(system);
}

async function drain({ drained }: LocalSystem, signal: AbortSignal): Promise<void> {
  const timeout = AbortSignal.timeout(STEP_TIMEOUT_MS);
  try {
    await drained({ signal: AbortSignal.any([signal, timeout]) });
  } catch (error) {
    if (!timeout.aborted) throw error;
    const seconds = STEP_TIMEOUT_MS / 1000;
    throw new Error(`the queue is not empty after ${seconds} s`, { cause: error });
  }
}
