import { Command } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { completionCommand } from './completion/command.ts';
import { refuseOptionsAsValues } from './shared/refuse-option-as-value.ts';
import { checkSwallowedOptions } from './shared/swallowed-options.ts';

/** The commands, in the order in which a migration needs them. */
const COMMANDS: Record<string, () => Promise<Command>> = {
  start: async () => (await import('./start.ts')).startCommand(),
  assess: async () => (await import('./assess/command.ts')).assessCommand(),
  init: async () => (await import('./init.ts')).initCommand(),
  preflight: async () => (await import('./preflight.ts')).preflightCommand(),
  triggers: async () => (await import('./triggers.ts')).triggersCommand(),
  status: async () => (await import('./status/command.ts')).statusCommand(),
  'password-key': async () => (await import('./password-key.ts')).passwordKeyCommand(),
  canary: async () => (await import('./canary/command.ts')).canaryCommand(),
  seed: async () => (await import('./seed/command.ts')).seedCommand(),
  verify: async () => (await import('./verify/command.ts')).verifyCommand(),
  'oauth-clients': async () => (await import('./oauth-clients/command.ts')).oauthClientsCommand(),
  explain: async () => (await import('./explain/command.ts')).explainCommand(),
  redrive: async () => (await import('./redrive/command.ts')).redriveCommand(),
  'reset-passwords': async () =>
    (await import('./reset-passwords/command.ts')).resetPasswordsCommand(),
};

const MIGRATION = `
A migration, in this order:
  npx cws start                                     see it run on this machine
  npx cws assess --user-pool-id POOL --html a.html  what the pool is, what will not come along, what it costs
  npx cws init --stage prod                         find the pool, write config/prod.yml
  npx cws preflight --stage prod                    check again what the deployment needs
  npx serverless deploy --stage prod
  npx cws triggers --stage prod                     check that Cognito calls the deployed functions
  npx cws status --stage prod                       see the whole migration, and the next step
  npx cws password-key --stage prod                 print the key that applications seal passwords with
  npx cws canary --stage prod                       prove with throw-away users that they arrive
  npx cws seed --stage prod                         bring the users who do not sign in
  npx cws verify --stage prod                       compare both sides, until it ends with 0
  npx cws oauth-clients --stage prod                set up the same social logins in WorkOS
  npx cws explain --stage prod --email ADDRESS      explain one person: whose account it is, and why
  npx cws redrive --stage prod                      look into the dead-letter queue
  npx cws reset-passwords --stage prod              mail those who need a new password

"npx cws <command> --help" has the options and examples of each; "npx cws completion --help" says how
to complete commands and options with Tab.`;

/**
 * The program `cws`, with one of its commands or all of them: loading them all takes time, and memory that
 * seed and verify need for themselves.
 *
 * @param name of the command; any other value, as in `cws --help`, stands for all commands.
 */
export async function createProgram(name: string | undefined): Promise<Command> {
  const program = new Command('cws')
    .description('Moves the users of an AWS Cognito user pool to WorkOS AuthKit.')
    .version(packageJson.version)
    .addHelpText('after', MIGRATION)
    .hook('preSubcommand', (_, command) => checkSwallowedOptions(command, process.env));
  const load = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  for (const each of load ? [load] : Object.values(COMMANDS)) program.addCommand(await each());
  if (!load) program.addCommand(completionCommand(program));
  for (const each of [program, ...program.commands]) {
    refuseOptionsAsValues(each);
    each.exitOverride().configureOutput({ outputError: (text, write) => write(toOneLine(text)) });
  }
  return program;
}

/** commander puts its suggestion ("Did you mean …?") on a line of its own. */
function toOneLine(text: string): string {
  return `${text.trim().replaceAll(/\s*\n\s*/g, ' ')}\n`;
}
