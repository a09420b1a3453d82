import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory that only its owner may read, removed with all that is in it when it is disposed of. */
export function createTemporaryDirectory(command: string): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), `cognito-workos-sync-${command}-`));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
