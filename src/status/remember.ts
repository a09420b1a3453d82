import type { Told } from './facts.ts';

/**
 * Keeps an answer that changes seldom, or that AWS charges for, for a while when the screen is drawn again and again; it
 * keeps its own time. What was not told is asked again each time, and so is another question.
 *
 * @param keepMs milliseconds.
 * @param now milliseconds of a clock that only runs forward.
 */
export function createRemember<T>(
  keepMs: number,
  now: () => number = () => performance.now(),
): (question: string, ask: () => Promise<Told<T>>) => Promise<Told<T>> {
  let kept: { question: string; answer: Told<T>; until: number } | undefined;
  return async (question, ask) => {
    if (kept?.question === question && now() < kept.until) return kept.answer;
    const answer = await ask();
    kept = answer.known ? { question, answer, until: now() + keepMs } : undefined;
    return answer;
  };
}
