import { CONFLICT_ADVICE } from '../../src/mirror/conflicts.ts';

/** The table of conflicts in docs/whose-account.md, as Markdown. */
export function conflictsTable(): string {
  const rows = Object.entries(CONFLICT_ADVICE).map(
    ([reason, { means, todo }]) => `| \`${reason}\` | ${means} | ${todo} |`,
  );
  return ['| reason | means | what to do |', '| --- | --- | --- |', ...rows].join('\n');
}
