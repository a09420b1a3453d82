import { type Params, SingleBar } from 'cli-progress';
import { duration } from './text.ts';

/** How far a command is. */
export type ProgressState = {
  /** What is done now; a new phase begins a new bar, or a new line. */
  phase: string;
  done: number;
  /** About how many there are; undefined where that is not known. */
  total?: number | undefined;
  /** What `done` counts: "users", "WorkOS users listed". */
  unit: string;
  /** The count of failures, as text: shown at any width. */
  failures?: string;
  /** The most important first: what does not fit into the terminal's width is left out from the end. */
  details?: readonly string[];
};

export type ProgressDisplay = {
  show(state: ProgressState): void;
  /** A line that stays on the screen, above the bar. */
  notice(text: string): void;
  /** Says that WorkOS or Cognito has made every request wait. */
  pause(reason: string, milliseconds: number): void;
  /** Ends the bar, which stays on the screen as it was last. Can be called again. */
  end(): void;
};

/** Between two lines where there is no terminal: often enough to see that the command is running. */
const LINE_INTERVAL_MS = 5_000;
const BAR_WIDTH = { least: 10, most: 40 };
/** Of a terminal that does not say its width. */
const DEFAULT_COLUMNS = 80;

/** The progress of a command on stderr: a bar on a terminal, a line every five seconds elsewhere. */
export function createProgress(stream: NodeJS.WriteStream): ProgressDisplay {
  const display = stream.isTTY ? createBarDisplay(stream) : createLineDisplay(stream);
  return {
    ...display,
    pause: (reason, ms) =>
      display.notice(`${reason}: all requests wait ${duration(Math.ceil(ms / 1000))}`),
  };
}

function createLineDisplay(stream: NodeJS.WriteStream): Omit<ProgressDisplay, 'pause'> {
  let lastLine = Number.NEGATIVE_INFINITY;
  let phase = '';
  return {
    show(state) {
      const isNew = state.phase !== phase;
      if (!isNew && Date.now() - lastLine < LINE_INTERVAL_MS) return;
      phase = state.phase;
      lastLine = Date.now();
      stream.write(`${stateToLine(state)}\n`);
    },
    notice: (text) => void stream.write(`${text}\n`),
    end: () => {},
  };
}

function createBarDisplay(stream: NodeJS.WriteStream): Omit<ProgressDisplay, 'pause'> {
  let current: ProgressState | undefined;
  const width = () => stream.columns || DEFAULT_COLUMNS;
  const format = (_: unknown, { progress }: Pick<Params, 'progress'>): string =>
    current ? stateToBar(current, progress, width()) : '';
  // Cleared when it is stopped, so that notices and the last state can be written as lines of their own.
  const bar = new SingleBar({
    stream,
    format,
    hideCursor: true,
    clearOnComplete: true,
    gracefulExit: false,
    linewrap: true,
    fps: 8,
  });

  function start({ done, total }: ProgressState): void {
    bar.start(Math.max(total ?? 0, done), done);
  }

  /** @returns what the bar showed last. */
  function stop(): ProgressState | undefined {
    const last = current;
    if (bar.isActive) bar.stop();
    current = undefined;
    return last;
  }

  function end(): void {
    const last = stop();
    if (last) stream.write(`${stateToBar(last, toShare(last), width())}\n`);
  }

  return {
    end,
    show(state) {
      if (current && current.phase !== state.phase) end();
      const isNew = current === undefined;
      current = state;
      if (isNew) return start(state);
      bar.setTotal(Math.max(state.total ?? 0, state.done));
      bar.update(state.done);
    },
    notice(text) {
      const last = stop();
      stream.write(`${text}\n`);
      if (!last) return;
      current = last;
      start(last);
    },
  };
}

function toShare({ done, total = 0 }: ProgressState): number {
  return total > 0 ? Math.min(1, done / total) : 1;
}

/** "1200 of about 5000 users: 3 failed, 40.0/s, 2 min left". */
export function stateToLine({ done, total, unit, failures, details = [] }: ProgressState): string {
  const head = `${done}${total === undefined ? '' : ` of about ${total}`} ${unit}`;
  const rest = [...(failures === undefined ? [] : [failures]), ...details];
  return rest.length === 0 ? head : `${head}: ${rest.join(', ')}`;
}

/**
 * The bar and as many details as one line of the terminal can hold. Where not even the count and the
 * failures fit beside a bar, the bar is left out.
 *
 * @param share done, from 0 to 1.
 * @param columns of the terminal. The last one stays empty: some terminals wrap after it.
 */
export function stateToBar(state: ProgressState, share: number, columns: number): string {
  const { done, total, unit, failures, details = [] } = state;
  const head = `${done}${total === undefined ? '' : `/${Math.max(total, done)}`} ${unit}`;
  const always = failures === undefined ? head : `${head} | ${failures}`;
  // Without a total there is nothing that a bar could show a part of.
  const room = columns - 1 - (total === undefined ? 0 : BAR_WIDTH.least + 1);
  let text = always;
  for (const detail of details) {
    const longer = `${text} | ${detail}`;
    if (longer.length > room) break;
    text = longer;
  }
  const barWidth = Math.min(BAR_WIDTH.most, columns - 2 - text.length);
  if (total === undefined || barWidth < BAR_WIDTH.least) return text;
  const full = Math.round(share * barWidth);
  return `${'='.repeat(full)}${'-'.repeat(barWidth - full)} ${text}`;
}
