import { createProgram } from './program.ts';
import { errorToExit } from './shared/run.ts';

// With `cws … | head`, the reader closes the pipe before everything is written. A terminal that was closed
// takes no more lines (EIO): SIGHUP stops the command, and it still cleans up.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE' || (error.code === 'EIO' && process.stdout.isTTY)) return;
  throw error;
});
process.stderr.on('error', () => {});
try {
  const program = await createProgram(process.argv[2]);
  await program.parseAsync();
} catch (error) {
  process.exitCode = errorToExit(error);
}
