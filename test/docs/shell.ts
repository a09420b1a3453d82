/** A command as a line of documentation shows it: `words` without leading variables. */
export type ShellCommand = string[];

const WORD = /(?:[^\s"'|;&()]+|"[^"]*"|'[^']*')+|&&|\|\||[|;&()]/g;
const SEPARATOR = new Set(['&&', '||', '|', ';', '&', '(', ')']);

/** The commands of a line, in order. Comments and leading `NAME=value` are dropped, quotes taken off. */
export function lineToCommands(line: string): ShellCommand[] {
  const commands: ShellCommand[] = [[]];
  for (const [word] of line.replace(/(^|\s)#.*$/, '').matchAll(WORD)) {
    if (SEPARATOR.has(word)) commands.push([]);
    else commands.at(-1)?.push(word.replaceAll(/["']/g, ''));
  }
  return commands
    .map((words) => words.slice(words.findIndex((word) => !/^[A-Z_]+=/.test(word))))
    .filter((words) => words.length > 0);
}
