import { existsSync, readFileSync } from 'node:fs';
import type { Command, Option } from 'commander';
import type { Environment } from '../../src/config/environment.ts';
import { CommandError } from './run.ts';

/**
 * Options whose loss can do no harm: without `--yes`, a command asks or refuses. Containers commonly set
 * npm's own option of that name.
 */
const HARMLESS = ['yes'];

/**
 * Refuses to start when npm has taken one of the command's options for its own: `npm run seed --dry-run`
 * passes nothing to the command, and would write. npm leaves such an option in the environment, as
 * `npm_config_dry_run`; a value of it (`--limit 5`) arrives among the arguments.
 *
 * Some of our options are npm's too (`json`, `force`, `dry-run`), and may be set in a `.npmrc` or as
 * `NPM_CONFIG_JSON`: these are no option of the command line, and are ignored. npm drops `--only FILE`
 * without a trace; that is why `reset-passwords --send` demands `--only`, `--limit` or `--all`.
 *
 * @throws CommandError that shows the right spelling.
 */
export function checkSwallowedOptions(command: Command, env: Environment): void {
  const name = command.name();
  if (!isStartedByNpmRun(env)) return;
  const swallowed = command.options.filter((option) => isSwallowed(option, env));
  if (swallowed.length === 0) return;
  const options = swallowed.map(toUsage).join(' ');
  throw new CommandError(
    `npm took ${options} for itself, so that ${name} did not get it. Write: npx cws ${name} ${options} … (or: npm run ${name} -- ${options} …)`,
  );
}

/**
 * By `npm run`, whatever the script is called (`"seed:prod": "cws seed --stage prod"`), or `npm start`: not by npx,
 * where options before the name are npm's.
 */
export function isStartedByNpmRun({ npm_lifecycle_event: script }: Environment): boolean {
  return script !== undefined && script !== 'npx';
}

function isSwallowed(option: Option, env: Environment): boolean {
  const name = option.name().replace(/^no-/, '');
  if (HARMLESS.includes(name)) return false;
  const variable = `npm_config_${name.replaceAll('-', '_')}`;
  const value = env[variable];
  // npm has an empty value for "false".
  if (value === undefined || (value === '') !== option.negate) return false;
  return env[variable.toUpperCase()] === undefined && !isInConfigFile(name, env);
}

function isInConfigFile(name: string, env: Environment): boolean {
  const { npm_config_userconfig: user, npm_config_globalconfig: global } = env;
  const project = env.npm_config_local_prefix && `${env.npm_config_local_prefix}/.npmrc`;
  return [user, global, project].some(
    (file) =>
      file !== undefined &&
      existsSync(file) &&
      new RegExp(`^\\s*${name}\\s*(=|$)`, 'm').test(readFileSync(file, 'utf8')),
  );
}

function toUsage(option: Option): string {
  return option.isBoolean() || option.negate ? `${option.long}` : `${option.long} …`;
}
