/**
 * A table in plain text. The first `labels` columns are aligned to the left, the others, figures, to the
 * right.
 */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  labels: number,
): string {
  const widths = header.map((_, column) =>
    Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    widths
      .map((width, column) => {
        const cell = cells[column] ?? '';
        return column < labels ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('   ')
      .trimEnd();
  return [line(header), widths.map((width) => '─'.repeat(width)).join('   '), ...rows.map(line)]
    .map((text) => `${text}\n`)
    .join('');
}
