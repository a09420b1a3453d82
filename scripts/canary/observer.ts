import type { CanaryObserver } from '../../src/canary/types.ts';
import { toTerminalText } from '../shared/text.ts';
import { beginToLine } from './text.ts';

/** Progress on stderr: a line for each step, because a step takes seconds. */
export function observerOf(deadlineSeconds: number): CanaryObserver {
  const write = (text: string) => void process.stderr.write(`${toTerminalText(text)}\n`);
  return {
    begins: (step) => write(beginToLine(step, deadlineSeconds)),
    ends: ({ result, seconds }) =>
      write(`  ${result.replace('_', ' ')}${seconds === null ? '' : ` after ${seconds} s`}`),
    notice: write,
  };
}
