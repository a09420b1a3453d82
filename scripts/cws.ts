import { createProgram } from './program.ts';
import { errorToExit } from './shared/run.ts';

try {
  const program = await createProgram(process.argv[2]);
  await program.parseAsync();
} catch (error) {
  process.exitCode = errorToExit(error);
}
