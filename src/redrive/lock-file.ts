import { rmSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';

/**
 * Holds `<path>.lock` while one process of this machine works on the file. The lock of a process that is gone
 * (killed) does not count.
 *
 * @returns undefined while another process holds it.
 * @throws where the lock cannot be written.
 */
export async function lockFile(path: string): Promise<Disposable | undefined> {
  const lock = `${path}.lock`;
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      await writeFile(lock, String(process.pid), { flag: 'wx', mode: 0o600 });
      return { [Symbol.dispose]: () => rmSync(lock, { force: true }) };
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
      const holder = await readFile(lock, 'utf8').catch(() => '');
      // Another program's: yarn.lock stands beside a file yarn.
      if (!/^\d*$/.test(holder)) throw new Error(`${lock} is a file of another program`);
      if (isRunning(Number(holder))) return undefined;
      await rm(lock, { force: true });
    }
  }
  return undefined;
}

function isRunning(pid: number): boolean {
  // The lock of a process that was killed before it wrote its id.
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process cannot be signalled.
    return hasCode(error, 'EPERM');
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
