import { type OutputFile, openOutputFile } from '../shared/output-file.ts';
import { checkDistinctFiles } from '../shared/output-files.ts';
import type { AssessOptions } from './assess-options.ts';

/** The files that an assessment was asked for. */
type AssessOutputs = {
  html: OutputFile | undefined;
  report: OutputFile | undefined;
} & AsyncDisposable;

/**
 * Opened before anything is read, so that a path that cannot be written ends the run at once.
 *
 * @throws CommandError, ConfigurationError
 */
export async function openAssessOutputs(options: AssessOptions): Promise<AssessOutputs> {
  await checkDistinctFiles({ '--html': options.html, '--report': options.report });
  const opened = new AsyncDisposableStack();
  const open = async (option: string, path: string | undefined) =>
    path === undefined ? undefined : opened.use(await openOutputFile(option, path));
  try {
    return {
      html: await open('--html', options.html),
      report: await open('--report', options.report),
      [Symbol.asyncDispose]: () => opened.disposeAsync(),
    };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}
