import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

test('the local run ends by itself when the process that started it is killed, as npm is by a SIGTERM', {
  timeout: 60_000,
}, async () => {
  const shell = spawn(
    'sh',
    ['-c', '"$0" bin/cws.js start >/dev/null 2>&1 & echo $!; wait', process.execPath],
    {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const [text] = await once(shell.stdout, 'data');
  const launcher = Number(text);
  expect(isRunning(launcher)).toBe(true);
  // Long enough for the launcher to have looked at its parent.
  await delay(2_000);
  shell.kill('SIGKILL');
  while (isRunning(launcher)) await delay(100);
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
