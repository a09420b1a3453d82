import { beforeAll, expect, test } from 'vitest';
import {
  type CommandDefinition,
  type CommandDefinitions,
  readDefinitions,
} from './command-definitions.ts';
import { readPages } from './page.ts';
import { readParameters } from './settings.ts';
import { lineToCommands, type ShellCommand } from './shell.ts';

/** npm's own, that may stand before `--`. */
const OF_NPM = new Set(['--silent', '-s']);
/** Those of npm's commands that run a script of ours. */
const RUNNING = new Set(['test', 'start', 'run']);

/** Each command is a process of its own, on a machine that runs other tests too. */
const READING_MS = 120_000;
const NO_VALUE = 'needs a value';

const parameters = readParameters();
let definitions: CommandDefinitions;
beforeAll(async () => {
  definitions = await readDefinitions();
}, READING_MS);

/** `isWhole`: to be copied as it stands, so no value may be missing. */
type Shown = { path: string; words: ShellCommand; isWhole: boolean };

/** Lines of shell blocks, and code spans that begin like a command. */
function shownCommands(): Shown[] {
  return readPages().flatMap(({ path, shellLines, codeSpans }) => [
    ...shellLines.flatMap(lineToCommands).map((words) => ({ path, words, isWhole: true })),
    ...codeSpans
      .filter(isCommand)
      .flatMap(lineToCommands)
      .map((words) => ({ path, words, isWhole: false })),
  ]);
}

function isCommand(span: string): boolean {
  const [first = '', second = ''] = span.split(' ');
  if (first === 'npm' || first === 'npx') return second !== '';
  // `verify --fix`: a command by its name alone.
  return definitions.commands.has(first) && second.startsWith('--');
}

/** @returns what is wrong with a command, nothing where it is none of ours. */
function check([program = '', ...words]: ShellCommand): string[] {
  if (program === 'npm') return checkNpm(words);
  if (program === 'npx') return checkNpx(words);
  if (definitions.commands.has(program)) return checkCommand(program, words);
  return [];
}

function checkNpx([program = '', name = '', ...words]: string[]): string[] {
  if (program === 'serverless') return checkServerless(name, words);
  if (program !== 'cws' || isPlaceholder(name)) return [];
  if (name === '' || name.startsWith('--')) return [];
  return checkCommand(name, words);
}

function checkNpm([command = '', ...rest]: string[]): string[] {
  if (!RUNNING.has(command)) return [];
  const [name = '', ...words] =
    command === 'run' ? rest.filter((word) => !OF_NPM.has(word)) : [command, ...rest];
  if (command === 'run' && (name === '' || isPlaceholder(name))) return [];
  if (command === 'run' && !definitions.npmScripts.has(name))
    return [`there is no npm run ${name}`];
  const end = words.indexOf('--');
  const before = end < 0 ? words : words.slice(0, end);
  const lost = before.filter((word) => word.startsWith('-') && !OF_NPM.has(word));
  if (lost.length > 0) return [`npm takes ${lost.join(' ')} for its own: put -- before it`];
  return end < 0 ? [] : checkCommand(name, words.slice(end + 1));
}

function checkCommand(name: string, words: string[]): string[] {
  const command = definitions.commands.get(name);
  return command ? checkOptions(name, command, words) : [`there is no command ${name}`];
}

function checkServerless(name: string, words: string[]): string[] {
  const options = definitions.serverless.get(name);
  if (!options) return [`serverless has no ${name}`];
  const given = words.flatMap((word, index) =>
    words[index - 1] === '--param' ? [word.split('=')[0] ?? ''] : [],
  );
  const unknown = given.filter((parameter) => !parameters.has(parameter));
  return [
    ...checkOptions(`serverless ${name}`, { options, takesArguments: false }, words),
    ...unknown.map((parameter) => `there is no parameter ${parameter}`),
  ];
}

function checkOptions(
  name: string,
  { options, takesArguments }: CommandDefinition,
  words: string[],
): string[] {
  return words.flatMap((word, index) => {
    const [option = '', inline] = word.split('=');
    const next = words[index + 1];
    const follows = inline ?? (next?.startsWith('--') ? undefined : next);
    if (isPlaceholder(word)) return [];
    if (!word.startsWith('--')) {
      const previous = words[index - 1] ?? '';
      const isAllowed = takesArguments || options.get(previous)?.takesValue;
      return isAllowed ? [] : [`${name} takes no argument ${word}`];
    }
    const known = options.get(option);
    if (!known) return [`${name} has no ${option}`];
    if (known.takesValue && !known.isOptional && follows === undefined)
      return [`${name} ${option} ${NO_VALUE}`];
    return [];
  });
}

function isPlaceholder(word: string): boolean {
  return /^[<[…]/.test(word) || word === '…';
}

test('every command line of the documentation names commands, options and parameters that exist', () => {
  const shown = shownCommands();
  expect(shown.length).toBeGreaterThan(50);
  const wrong = shown.flatMap(({ path, words, isWhole }) =>
    check(words)
      .filter((problem) => isWhole || !problem.endsWith(NO_VALUE))
      .map((problem) => `${path}: ${words.join(' ')}: ${problem}`),
  );
  expect(wrong).toEqual([]);
});

test("every command has a page, whose table has exactly the options of the command's --help", () => {
  const pages = new Map(readPages().map((page) => [page.path, page]));
  for (const [name, { options }] of definitions.commands) {
    const page = pages.get(`docs/commands/${name}.md`);
    expect(page, `docs/commands/${name}.md`).toBeDefined();
    const spans = page?.rows.map(({ cells }) => cells[0]?.[0] ?? '') ?? [];
    const shown = spans.filter((span) => span.startsWith('--')).map((span) => span.split(' '));
    const expected = [...options].filter(([option]) => option !== '--help');
    expect(shown.map(([option]) => option).sort(), name).toEqual(
      expected.map(([option]) => option).sort(),
    );
    for (const [option = '', value] of shown) {
      expect(value !== undefined, `${name} ${option}: a value`).toBe(
        options.get(option)?.takesValue,
      );
    }
  }
});
