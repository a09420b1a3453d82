import { stringify } from 'csv-stringify/sync';
import type { FindingRecord } from '../../src/verify/finding-records.ts';
import { maskDifference } from '../shared/mask-difference.ts';
import { toJsonText } from '../shared/text.ts';

type Privacy = { showEmails?: boolean | undefined };

/** A finding as a line of `--report`; without the email, and with masked values, unless they are to be shown. */
export function findingToJsonLine(record: FindingRecord, { showEmails = false }: Privacy): string {
  const { difference, email, advice, ...finding } = record;
  const shown = showEmails ? difference : maskDifference(difference);
  const address = showEmails && email !== undefined && { email };
  return `${toJsonText({ ...finding, ...address, ...shown, advice })}\n`;
}

/** The first row of `--csv`. */
export function csvHeader(privacy: Privacy): string {
  return toCsvRow(columnsOf(privacy));
}

/** A finding as a row of `--csv`: `before` and `after` are JSON objects. */
export function findingToCsvRow(record: FindingRecord, privacy: Privacy): string {
  const { difference, ...finding } = record;
  const { fields, before, after } = privacy.showEmails ? difference : maskDifference(difference);
  const isNone = fields.length === 0;
  const cells: Record<string, string | undefined> = {
    ...finding,
    otherSubs: finding.otherSubs?.join(' '),
    fields: fields.join(' '),
    before: isNone ? '' : toJsonText(before),
    after: isNone ? '' : toJsonText(after),
  };
  return toCsvRow(columnsOf(privacy).map((column) => cells[column] ?? ''));
}

function columnsOf({ showEmails = false }: Privacy): string[] {
  const email = showEmails ? ['email'] : [];
  return [
    ...['kind', 'reason', 'sub', 'otherSubs', 'workosUserId'],
    ...email,
    ...['fields', 'before', 'after', 'advice'],
  ];
}

/**
 * As RFC 4180 says, in UTF-8. A spreadsheet would take a cell that begins with `=`, `+`, `-`, `@`, a tab or a
 * carriage return for a formula: such a cell gets an apostrophe in front (OWASP, CSV Injection).
 */
function toCsvRow(cells: string[]): string {
  return stringify([cells], { record_delimiter: 'windows', escape_formulas: true });
}
