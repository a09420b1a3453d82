import type { Comparison } from '../../src/verify/comparison.ts';
import { toTerminalText } from '../shared/text.ts';

/** How many users are named before the question. */
const NAMED = 20;

/** The extra users that would be deleted, a line each, before the operator is asked. */
export function extraUsersToLines(
  { orphans }: Pick<Comparison, 'orphans'>,
  { report, showEmails = false }: { report?: string | undefined; showEmails?: boolean | undefined },
): string[] {
  const count = orphans.extraCount();
  const lines = [`WorkOS users who are gone from Cognito: ${count}`];
  for (const { workosUserId, externalId, email } of orphans.extra()) {
    if (lines.length > NAMED) break;
    const shown = !showEmails && externalId.includes('@') ? '(hidden)' : externalId;
    const address = showEmails ? `, ${email}` : '';
    lines.push(toTerminalText(`  ${workosUserId}, external id ${shown}${address}`));
  }
  if (count <= NAMED) return lines;
  const where =
    report === undefined
      ? 'with --report FILE all of them are in the file'
      : `all of them are in ${report}`;
  return [...lines, `  and ${count - NAMED} more: ${where}`];
}
