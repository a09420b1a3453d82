import { setTimeout as delay } from 'node:timers/promises';
import * as v from 'valibot';

const answerSchema = v.looseObject({
  done: v.boolean(),
  waitSeconds: v.optional(v.number()),
});

/** What one execution of the patrol came to; `answer` is the last one of the function. */
export type PatrolExecution = { invocations: number; answer: object };

/**
 * An execution of the state machine of serverless/patrol.yml: invokes the function with what it answered last until
 * it is done.
 *
 * @param invoke the function.
 * @param input of the execution: `{}` for a round.
 * @throws what the function throws; its retries are left out.
 */
export async function executePatrol(
  invoke: (event: unknown) => Promise<unknown>,
  input: unknown,
  signal: AbortSignal,
): Promise<PatrolExecution> {
  let event = input;
  for (let invocations = 1; ; invocations++) {
    signal.throwIfAborted();
    const answer = v.parse(answerSchema, await invoke(event));
    if (answer.done) return { invocations, answer };
    if (answer.waitSeconds !== undefined) {
      await delay(1_000 * answer.waitSeconds, undefined, { signal });
    }
    event = answer;
  }
}
