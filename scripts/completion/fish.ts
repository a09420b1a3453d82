import type { CompletedCommand } from './completed-command.ts';

export function toFishScript(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap(({ name, description, options, values }) => {
    const here = `complete -c cws -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c cws -n __fish_use_subcommand -a ${name} -d ${quote(description)}`,
      ...options.map(
        (option) =>
          `${here} -l ${option.name.slice(2)}${toFlags(option)} -d ${quote(option.description)}`,
      ),
      ...(values.length > 0 ? [`${here} -a '${values.join(' ')}'`] : []),
    ];
  });
  return `complete -c cws -f\n${lines.join('\n')}\n`;
}

function toFlags({ value }: CompletedCommand['options'][number]): string {
  return value === undefined ? '' : value === 'file' ? ' -r -F' : ' -x';
}

function quote(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
}
