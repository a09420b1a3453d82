import type { FieldDifference, FieldValue } from '../../src/mirror/field-difference.ts';
import { maskDifference } from './mask-difference.ts';
import { cutLine, type Screen } from './screen.ts';
import { toTerminalText } from './text.ts';

const INDENT = '        ';
/** Of each of two values on a narrow terminal. */
const LEAST_VALUE = 8;

/**
 * A difference as verify and `seed --dry-run` show it: a line for each field, `+` where WorkOS has nothing
 * (green), `-` what it loses (red), `~` what changes (yellow). A user to be created takes one line.
 */
export function differenceToLines(
  difference: FieldDifference,
  screen: Screen,
  { showEmails = false }: { showEmails?: boolean | undefined },
): string[] {
  const shown = showEmails ? difference : maskDifference(difference);
  const { fields, before, after } = shown;
  if (fields.length === 0) return [];
  if (fields.includes('external_id') && before.email === null) return [toCreateLine(shown, screen)];
  return fields.map((field) =>
    toFieldLine(field, before[field] ?? null, after[field] ?? null, screen),
  );
}

function toCreateLine({ fields, after }: FieldDifference, screen: Screen): string {
  const values = fields.map((field) => `${field} ${toText(after[field] ?? null)}`);
  return cutLine(`${INDENT}${screen.paint('green', `+ ${values.join(', ')}`)}`, screen.columns);
}

function toFieldLine(
  field: string,
  before: FieldValue,
  after: FieldValue,
  { paint, columns }: Screen,
): string {
  const name = toTerminalText(field);
  const room = columns - INDENT.length - name.length - 4;
  if (before === null) return `${INDENT}${paint('green', `+ ${name}: ${cutTo(after, room)}`)}`;
  if (after === null) return `${INDENT}${paint('red', `- ${name}: ${cutTo(before, room)}`)}`;
  // Both values stay visible: the one that is short leaves its room to the other.
  const half = Math.floor((room - 3) / 2);
  const spare = (value: FieldValue) => Math.max(0, half - toText(value).length);
  const from = cutTo(before, half + spare(after));
  const to = cutTo(after, half + spare(before));
  return `${INDENT}${paint('yellow', `~ ${name}: `)}${paint('red', from)} → ${paint('green', to)}`;
}

function cutTo(value: FieldValue, columns: number): string {
  return cutLine(toText(value), Math.max(LEAST_VALUE, columns));
}

function toText(value: FieldValue): string {
  return typeof value === 'string' ? `"${toTerminalText(value)}"` : String(value);
}
