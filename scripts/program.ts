import { Command } from 'commander';

/** The commands, in the order in which a migration needs them. */
const COMMANDS: Record<string, () => Promise<Command>> = {
  preflight: async () => (await import('./preflight.ts')).preflightCommand(),
  triggers: async () => (await import('./triggers.ts')).triggersCommand(),
  'oauth-clients': async () => (await import('./oauth-clients/command.ts')).oauthClientsCommand(),
  seed: async () => (await import('./seed/command.ts')).seedCommand(),
  verify: async () => (await import('./verify/command.ts')).verifyCommand(),
  redrive: async () => (await import('./redrive/command.ts')).redriveCommand(),
  'reset-passwords': async () =>
    (await import('./reset-passwords/command.ts')).resetPasswordsCommand(),
  start: async () => (await import('./start.ts')).startCommand(),
};

/**
 * The program `cws`, with one of its commands or all of them: loading them all takes a second, and the
 * memory that seed and verify want for themselves.
 *
 * @param name of the command; all commands where it is none of them.
 */
export async function createProgram(name: string | undefined): Promise<Command> {
  const program = new Command('cws')
    .description('Moves the users of an AWS Cognito user pool to WorkOS AuthKit.')
    .exitOverride();
  const load = name === undefined ? undefined : COMMANDS[name];
  const commands = load ? [load] : Object.values(COMMANDS);
  for (const each of commands) program.addCommand((await each()).exitOverride());
  return program;
}
