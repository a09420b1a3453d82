import type { BulkResult } from '../../src/bulk/bulk-result.ts';
import { maskDifference } from '../shared/mask-difference.ts';

/** The lines of `--report`, with the fields of each user that was written; emails and names are masked unless they are to be shown. */
export function* resultsToLines(
  results: Iterable<BulkResult>,
  { showEmails = false }: { showEmails?: boolean | undefined },
): Generator<object> {
  for (const { difference, ...result } of results) {
    const shown = difference && !showEmails ? maskDifference(difference) : difference;
    yield { ...result, ...shown };
  }
}
