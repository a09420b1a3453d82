import { SingleBar } from 'cli-progress';
import type { ProviderSummaryProgress } from '../../src/oauth-clients/provider-summary.ts';

/** Lines where there is no terminal: often enough to see that it runs. */
const LINE_INTERVAL_MS = 5_000;

/** Progress on stderr: a bar on a terminal, a line every five seconds elsewhere. */
export function createOauthClientsProgress(
  stream: NodeJS.WriteStream,
  estimate: number | undefined,
): { show(progress: ProviderSummaryProgress): void; end(): void } {
  const bar = stream.isTTY ? createBar(stream) : undefined;
  let lastLine = 0;
  return {
    show(progress) {
      if (bar && progress.phase === 'users') {
        const total = Math.max(estimate ?? 0, progress.read);
        const looked =
          progress.looked === undefined ? '' : `, ${progress.looked} looked at in WorkOS`;
        if (!bar.isActive) bar.start(total, 0, { looked });
        bar.setTotal(total);
        bar.update(progress.read, { looked });
        return;
      }
      if (Date.now() - lastLine < LINE_INTERVAL_MS) return;
      lastLine = Date.now();
      stream.write(`${toLine(progress, estimate)}\n`);
    },
    end: () => bar?.stop(),
  };
}

function createBar(stream: NodeJS.WriteStream): SingleBar {
  const format = '{bar} {value}/{total} users{looked}';
  return new SingleBar({ stream, format, hideCursor: true, clearOnComplete: false, fps: 8 });
}

function toLine(progress: ProviderSummaryProgress, estimate: number | undefined): string {
  if (progress.phase === 'listing') return `listing WorkOS: ${progress.workosUsers} users`;
  const total = estimate === undefined ? '' : ` of about ${estimate}`;
  const looked = progress.looked === undefined ? '' : `, ${progress.looked} looked at in WorkOS`;
  return `${progress.read}${total} users${looked}`;
}
