import type { UserSource } from '../user-source.ts';
import { checkExport } from './check-export.ts';
import { createExportSource } from './export-source.ts';

/** The users of an export ({@link createExportSource}) that is refused at its first page unless it is whole. */
export function createWholeExportSource(
  dependencies: Parameters<typeof createExportSource>[0],
): UserSource {
  const source = createExportSource(dependencies);
  return {
    ...source,
    async *pages(options = {}) {
      await checkExport(dependencies, options.signal);
      yield* source.pages(options);
    },
  };
}
