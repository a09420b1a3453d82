import type { BulkResult } from '../../src/bulk/bulk-result.ts';
import { NO_DIFFERENCE } from '../../src/mirror/field-difference.ts';
import { maskDifference } from '../shared/mask-difference.ts';

/** The lines of `--report`; emails and names are masked unless they are to be shown. */
export function* resultsToLines(
  results: Iterable<BulkResult>,
  { showEmails = false }: { showEmails?: boolean | undefined },
): Generator<object> {
  for (const { difference = NO_DIFFERENCE, ...result } of results) {
    yield { ...result, ...(showEmails ? difference : maskDifference(difference)) };
  }
}
