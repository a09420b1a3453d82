import { rmSync } from 'node:fs';

const paths = new Set<string>();
let isWatching = false;

/**
 * A file or directory that must not outlive the process, however it ends: `using` removes it in good order,
 * and `process.exit`, from a second Ctrl-C too, removes what is left. Only SIGKILL, and a signal that
 * `runCommand` does not listen to, leave it.
 */
export function temporaryPath(path: string): Disposable {
  if (!isWatching) process.on('exit', removeAll);
  isWatching = true;
  paths.add(path);
  return {
    [Symbol.dispose]() {
      remove(path);
    },
  };
}

function removeAll(): void {
  for (const path of paths) remove(path);
}

function remove(path: string): void {
  rmSync(path, { recursive: true, force: true });
  paths.delete(path);
}
