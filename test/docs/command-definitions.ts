import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { absolutePath, readText } from './repository.ts';

/** Options by name (`--rate`), with whether a value follows, and whether it may be left out. */
export type CommandOptions = Map<string, { takesValue: boolean; isOptional?: boolean }>;

/** `takesArguments`: words that belong to no option, such as the shell of a completion. */
export type CommandDefinition = { options: CommandOptions; takesArguments: boolean };

/** What can be run in this repository, as the commands themselves say. */
export type CommandDefinitions = {
  /** `npx cws <name>`, or `npm run <name>` as long as there is no `cws`; with options. */
  commands: Map<string, CommandDefinition>;
  npmScripts: Set<string>;
  /** Of the Serverless Framework: its commands, with options. */
  serverless: Map<string, CommandOptions>;
};

const CWS = absolutePath('bin/cws.js');
const packageSchema = v.object({ scripts: v.record(v.string(), v.string()) });

/** Asks each command for its `--help`, and the framework for its schema. */
export async function readDefinitions(): Promise<CommandDefinitions> {
  const { scripts } = v.parse(packageSchema, JSON.parse(readText('package.json')));
  const ofScripts = Object.keys(scripts).filter((name) =>
    /scripts\/|cws/.test(scripts[name] ?? ''),
  );
  const ofCws = existsSync(CWS) ? helpToCommands(await run(`node ${CWS} --help`)) : [];
  const helps = await Promise.all(
    [...new Set([...ofScripts, ...ofCws])].map(async (name) => {
      const line = scripts[name] ?? `node ${CWS} ${name}`;
      return [name, helpToDefinition(await run(`${line} --help`))] as const;
    }),
  );
  return {
    commands: new Map(helps),
    npmScripts: new Set(Object.keys(scripts)),
    serverless: readServerlessCommands(),
  };
}

async function run(line: string): Promise<string> {
  const bin = absolutePath('node_modules/.bin');
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}`, NO_COLOR: '1' };
  const { stdout } = await promisify(execFile)('sh', ['-c', line], { cwd: absolutePath('.'), env });
  return stdout;
}

function helpToDefinition(help: string): CommandDefinition {
  const takesArguments = /^Usage: .*\[options\] \S/m.test(help);
  return { options: helpToOptions(help), takesArguments };
}

/** commander's help: `  -h, --help`, `  --rate <n>  …`. */
function helpToOptions(help: string): CommandOptions {
  const options: CommandOptions = new Map();
  for (const [, name, value] of help.matchAll(
    /^ +(?:-\w, )?(--[a-z][a-z-]*)([ =]?[<[][^\s]+)?/gm,
  )) {
    const isOptional = value?.includes('[') ?? false;
    if (name !== undefined) options.set(name, { takesValue: value !== undefined, isOptional });
  }
  return options;
}

/** The names under `Commands:` of `cws --help`, without commander's own `help`. */
function helpToCommands(help: string): string[] {
  const [section = ''] = help.split(/^Commands:.*\n/m)[1]?.split(/\n\s*\n/) ?? [];
  return [...section.matchAll(/^ {2}([a-z][a-z-]*)/gm)].flatMap(([, name = '']) =>
    name === 'help' ? [] : [name],
  );
}

const schemaSchema = v.map(
  v.string(),
  v.looseObject({ options: v.optional(v.record(v.string(), v.looseObject({ type: v.string() }))) }),
);

function readServerlessCommands(): Map<string, CommandOptions> {
  const require = createRequire(import.meta.url);
  const schema = v.parse(
    schemaSchema,
    require('serverless/lib/cli/commands-schema/aws-service.js'),
  );
  return new Map(
    [...schema].map(([name, { options = {} }]) => [
      name,
      new Map(
        Object.entries(options).map(([option, { type }]) => [
          `--${option}`,
          { takesValue: type !== 'boolean' },
        ]),
      ),
    ]),
  );
}
