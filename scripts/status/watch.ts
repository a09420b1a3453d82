import { setTimeout as delay } from 'node:timers/promises';
import { createScreen, cutLine } from '../shared/screen.ts';
import { fitLines } from './fit-lines.ts';
import { linesToText, statusToLines } from './text.ts';
import type { StatusView } from './view.ts';

const DEFAULT_SECONDS = 15;
/** Of a terminal that does not say its height. */
const DEFAULT_ROWS = 24;

/** The alternate screen without a cursor, and back (xterm control sequences, DECSET 1049 and 25). */
const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME_AND_CLEAR = '\u001b[H\u001b[J';

/**
 * Looks again and again until it is stopped. A terminal is drawn anew, and shows the last look when the command has
 * ended; elsewhere each look is written below the last one.
 *
 * @param options.print writes a look in another form than the screen's.
 */
export async function watchStatus(options: {
  first: StatusView;
  look: () => Promise<StatusView>;
  /** Between two looks. Default 15. */
  seconds: number | undefined;
  print: ((view: StatusView) => Promise<void>) | undefined;
  stop: AbortSignal;
}): Promise<void> {
  const { look, seconds = DEFAULT_SECONDS, stop, print = printBlock } = options;
  const isDrawn = process.stdout.isTTY && options.print === undefined;
  const show = isDrawn ? draw : print;
  let view = options.first;
  using _ = isDrawn ? enterScreen(() => view) : undefined;
  const redraw = () => void draw(view, seconds);
  if (isDrawn) process.stdout.on('resize', redraw);
  // With "… | head" no reader is left: the look after that would be asked for, and paid for, in vain.
  let isRead = true;
  const close = () => {
    isRead = false;
  };
  process.stdout.on('error', close);
  try {
    while (!stop.aborted && isRead) {
      await show(view, seconds);
      await delay(seconds * 1000, undefined, { signal: stop }).catch(() => {});
      if (!stop.aborted && isRead) view = await lookUnlessStopped(look, stop, view);
    }
  } finally {
    process.stdout.off('resize', redraw);
    process.stdout.off('error', close);
  }
}

async function draw(view: StatusView, seconds: number): Promise<void> {
  const screen = createScreen(process.stdout);
  const foot = screen.paint('dim', `every ${seconds} s; Ctrl-C ends it`);
  const rows = Math.max(1, (process.stdout.rows || DEFAULT_ROWS) - 2);
  const lines = fitLines(statusToLines(view, screen), rows, screen);
  const text = `${linesToText(lines)}${cutLine(foot, screen.columns)}`;
  process.stdout.write(`${HOME_AND_CLEAR}${text}`);
}

async function printBlock(view: StatusView): Promise<void> {
  const screen = createScreen(process.stdout);
  process.stdout.write(`${linesToText(statusToLines(view, screen))}\n`);
}

/** Also left when a second Ctrl-C ends the process at once. */
function enterScreen(last: () => StatusView): Disposable {
  const leave = () => void process.stdout.write(LEAVE);
  process.stdout.write(ENTER);
  process.once('exit', leave);
  return {
    [Symbol.dispose]() {
      process.off('exit', leave);
      leave();
      process.stdout.write(linesToText(statusToLines(last(), createScreen(process.stdout))));
    },
  };
}

/** The listener goes with the look: a command that runs for days would keep every look in memory. */
async function lookUnlessStopped(
  look: () => Promise<StatusView>,
  stop: AbortSignal,
  last: StatusView,
): Promise<StatusView> {
  const stopped = Promise.withResolvers<StatusView>();
  const end = () => stopped.resolve(last);
  stop.addEventListener('abort', end);
  try {
    return await Promise.race([look(), stopped.promise]);
  } finally {
    stop.removeEventListener('abort', end);
  }
}
