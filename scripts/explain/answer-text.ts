import { toTime } from '../../src/explain/day.ts';
import type { Explanation } from '../../src/explain/explanation.ts';

const NOTHING_TO_DO = 'Nothing for you to do.';

/** "You asked about: noor@example.com, on 26 November 2026, 19:20 UTC". */
export function askedLine(asked: { email: string } | { sub: string }, at: Date): string {
  const whom = 'email' in asked ? asked.email : `the Cognito account with the sub ${asked.sub}`;
  return `You asked about: ${whom}, on ${toTime(at.toISOString())}`;
}

export function questionLine({ inShort }: Explanation): string {
  return `Can this person sign in at WorkOS, the new sign-in? ${inShort.answer}`;
}

/** The answer in labelled parts; those without a text are left out. */
export function answerRows({ inShort }: Explanation): (readonly [string, readonly string[]])[] {
  const { account, signIn, problem, todo, tell } = inShort;
  const [only = NOTHING_TO_DO, ...more] = todo;
  const steps = more.length === 0 ? [only] : todo.map((step, index) => `${index + 1}. ${step}`);
  const rows = [
    ['Account', toLines(account)],
    ['Sign-in', toLines(signIn)],
    ['Problem', toLines(problem)],
    ['Do now', steps],
    ['Tell the person', toLines(tell)],
  ] as const;
  return rows.filter(([, lines]) => lines.length > 0);
}

function toLines(text: string): readonly string[] {
  return text === '' ? [] : [text];
}
