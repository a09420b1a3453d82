import { Argument, type Command, type Option } from 'commander';
import { createCommand } from '../shared/options.ts';
import { toBashScript } from './bash.ts';
import type { CompletedCommand } from './completed-command.ts';
import { toFishScript } from './fish.ts';
import { toZshScript } from './zsh.ts';

const SHELLS = new Map([
  ['bash', toBashScript],
  ['zsh', toZshScript],
  ['fish', toFishScript],
]);

/** @param program whose commands and options are completed: the script is made from their definitions. */
export function completionCommand(program: Command): Command {
  return createCommand('completion')
    .description('Prints a script by which a shell completes commands and options with Tab.')
    .addArgument(new Argument('<shell>').choices([...SHELLS.keys()]))
    .addHelpText(
      'after',
      `
Examples:
  npx cws completion bash >> ~/.bashrc
  npx cws completion zsh >> ~/.zshrc           (after the line that calls compinit)
  npx cws completion fish > ~/.config/fish/completions/cws.fish

It completes the command "cws": npm link makes it one, or alias cws='npx cws' (in zsh with
setopt complete_aliases).`,
    )
    .action((shell: string) => {
      const toScript = SHELLS.get(shell);
      if (toScript) process.stdout.write(toScript(program.commands.map(toCompleted)));
    });
}

function toCompleted(command: Command): CompletedCommand {
  const { options } = command;
  return {
    name: command.name(),
    description: command.description(),
    options: [...options.filter(({ hidden }) => !hidden).map(toCompletedOption), HELP],
    values: command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
  };
}

/** commander adds it only when a command is parsed. */
const HELP = { name: '--help', description: 'display help for command' };

function toCompletedOption(option: Option): CompletedCommand['options'][number] {
  const value = /<(\w+)/.exec(option.flags)?.[1];
  return {
    name: option.long ?? option.flags,
    description: option.description,
    ...(value !== undefined && { value: value === 'file' || value === 'dir' ? 'file' : 'other' }),
  };
}
