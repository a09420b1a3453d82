import { styleText } from 'node:util';
import type { EventLine, ToldEvent } from '../events/event.ts';

type NarratorStyle = Parameters<typeof styleText>[0];

const STYLES: Record<EventLine['tone'], NarratorStyle> = {
  cognito: 'cyan',
  queue: 'yellow',
  workos: 'green',
  problem: 'red',
  detail: 'dim',
};

/**
 * Says in one line each what Cognito did, what was queued and what WorkOS now has, as it happens.
 *
 * @param stream where to; in colour if it is a terminal that has them.
 * @param options.logs also write the functions' own log lines, as they are.
 * @returns what is to be called with every event.
 */
export function createNarrator(
  stream: NodeJS.WritableStream,
  options: { logs?: boolean } = {},
): (told: ToldEvent) => void {
  const paint = (style: NarratorStyle, text: string) => styleText(style, text, { stream });
  const write = (text: string) => stream.write(`${text}\n`);
  let chapters = 0;

  function writeLine({ tone, who, text, aside }: EventLine): void {
    if (tone === 'detail') return void write(paint('dim', `             ${text}`));
    const passing = aside === undefined ? '' : `  ${paint('dim', aside)}`;
    write(`   ${paint(STYLES[tone], who.padEnd(8))}  ${text}${passing}`);
  }

  return ({ event, lines }) => {
    if (event.kind === 'step') {
      chapters++;
      write(`\n${paint('bold', `${String(chapters).padStart(2)} ${event.title}`)}`);
    } else if (event.kind === 'log' && options.logs) {
      write(paint('dim', `   ${event.functionName} ${event.line}`));
    }
    for (const line of lines) writeLine(line);
  };
}
