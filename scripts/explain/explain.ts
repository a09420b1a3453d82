import { explain } from '../../src/explain/explain.ts';
import type { Explanation } from '../../src/explain/explanation.ts';
import { toList, writeResult } from '../shared/result.ts';
import { EXIT, type Interruption } from '../shared/run.ts';
import { createScreen } from '../shared/screen.ts';
import { connectExplain } from './connect.ts';
import type { ExplainOptions } from './explain-options.ts';
import { explanationToJson } from './json.ts';
import { explanationsToText } from './text.ts';

/** `cws explain`: from its options to its exit code. */
export async function runExplain(options: ExplainOptions, { stop }: Interruption): Promise<number> {
  const { userPoolId, sub, email = '' } = options;
  const asked = sub === undefined ? { email } : { sub };
  try {
    using connection = await connectExplain(options, stop);
    const { explanations, more } = await explain(asked, connection.setting);
    const exit = toExit(explanations, more);
    if (options.json) {
      const head = { command: 'explain', userPoolId, exit };
      const body = { asked, more, explanations: toList(explanations.map(explanationToJson)) };
      await writeResult(process.stdout, head, body);
    } else {
      const screen = createScreen(process.stdout);
      const at = connection.setting.clock();
      process.stdout.write(explanationsToText(explanations, { asked, at, more, screen, options }));
    }
    return exit;
  } catch (error) {
    if (stop.aborted) return EXIT.interrupted;
    throw error;
  }
}

function toExit(explanations: readonly Explanation[], more: number): number {
  const isOpen = explanations.some(({ inShort }) => inShort.needsAction) || more > 0;
  return isOpen ? EXIT.attention : EXIT.done;
}
