import { createProgram } from './program.ts';
import { errorToExit } from './shared/run.ts';

// With `cws … | head`, the reader closes the pipe before everything is written.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
// A terminal that was closed takes no more lines: SIGHUP stops the command, and it still cleans up.
process.stderr.on('error', () => {});
try {
  const program = await createProgram(process.argv[2]);
  await program.parseAsync();
} catch (error) {
  process.exitCode = errorToExit(error);
}
