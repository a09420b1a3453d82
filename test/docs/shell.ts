/** A command as a line of documentation shows it: `words` without leading variables. */
export type ShellCommand = string[];

const WORD = /(?:[^\s"'|;&()]+|"[^"]*"|'[^']*')+|&&|\|\||[|;&()]/g;
const SEPARATOR = new Set(['&&', '||', '|', ';', '&', '(', ')']);

/** The commands of a line, in order, without comments, leading `NAME=value`, redirections and quotes. */
export function lineToCommands(line: string): ShellCommand[] {
  const commands: ShellCommand[] = [[]];
  for (const [word] of line.replace(/(^|\s)#.*$/, '').matchAll(WORD)) {
    if (SEPARATOR.has(word)) commands.push([]);
    else commands.at(-1)?.push(word.replaceAll(/["']/g, ''));
  }
  return commands
    .map((words) => words.slice(words.findIndex((word) => !/^[A-Z_]+=/.test(word))))
    .map((words) =>
      words.filter((word, index) => !isRedirected(word) && !isRedirection(words[index - 1])),
    )
    .filter((words) => words.length > 0);
}

/** `>`, `>>`, `2>`: with what follows, no part of the command. */
function isRedirection(word: string | undefined): boolean {
  return /^\d?>+$/.test(word ?? '');
}

function isRedirected(word: string): boolean {
  return /^\d?>/.test(word);
}
