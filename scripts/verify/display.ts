import { SingleBar } from 'cli-progress';
import type { VerifyProgress } from '../../src/verify/verify.ts';

type Progress = VerifyProgress | { phase: 'mfa'; users: number };

export type VerifyDisplay = {
  progress(progress: Progress): void;
  pause(reason: string, milliseconds: number): void;
  notice(text: string): void;
  end(): void;
};

/** Lines where nobody watches: often enough to see that it lives. */
const LINE_INTERVAL_MS = 5_000;

/**
 * Progress on stderr: a bar on a terminal, a line every five seconds elsewhere.
 *
 * @param estimate of Cognito users, if there is one.
 */
export function createVerifyDisplay(
  stream: NodeJS.WriteStream,
  estimate: number | undefined,
): VerifyDisplay {
  const bar = stream.isTTY ? createBar(stream) : undefined;
  let lastLine = 0;
  let phase = '';

  function notice(text: string): void {
    if (bar) stream.write('\r\x1b[K');
    stream.write(`${text}\n`);
  }

  function show(value: number, total: number | undefined, text: string, isNew: boolean): void {
    if (bar) {
      if (isNew) bar.stop();
      if (isNew || !bar.isActive) bar.start(Math.max(total ?? 0, value), value, { text });
      bar.setTotal(Math.max(total ?? 0, value));
      bar.update(value, { text });
    } else if (isNew || Date.now() - lastLine >= LINE_INTERVAL_MS) {
      lastLine = Date.now();
      stream.write(`${value}${total === undefined ? '' : ` of about ${total}`} ${text}\n`);
    }
  }

  return {
    notice,
    pause: (reason, ms) => notice(`${reason}: everything waits ${Math.ceil(ms / 1000)} s`),
    progress(progress) {
      const isNew = progress.phase !== phase;
      phase = progress.phase;
      switch (progress.phase) {
        case 'listing': {
          const text = `Cognito users listed, ${progress.workosUsers} WorkOS users`;
          return show(progress.cognitoUsers, estimate, text, isNew);
        }
        case 'comparing': {
          const text = `users compared, ${progress.differing} differ so far`;
          return show(progress.users, undefined, text, isNew);
        }
        case 'fixing':
          return show(progress.users, progress.of, 'users mirrored', isNew);
        case 'mfa':
          return show(progress.users, undefined, 'users asked about MFA', isNew);
      }
    },
    end: () => bar?.stop(),
  };
}

function createBar(stream: NodeJS.WriteStream): SingleBar {
  return new SingleBar({
    stream,
    format: '{bar} {value}/{total} {text}',
    hideCursor: true,
    clearOnComplete: false,
    fps: 8,
  });
}
