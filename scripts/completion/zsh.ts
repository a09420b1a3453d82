import type { CompletedCommand } from './completed-command.ts';

export function toZshScript(commands: readonly CompletedCommand[]): string {
  const descriptions = commands.map(
    ({ name, description }) => `    ${quote(`${name}:${description.replaceAll(':', '\\:')}`)}`,
  );
  const cases = commands.map(({ name, options, values }) => {
    const specs = [
      ...options.map(toSpec),
      ...(values.length > 0 ? [`1: :(${values.join(' ')})`] : []),
    ];
    return `    ${name}) _arguments ${specs.map(quote).join(' ')} ;;`;
  });
  return `#compdef cws
_cws() {
  local -a commands
  commands=(
${descriptions.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
${cases.join('\n')}
  esac
}
if [ "$funcstack[1]" = _cws ]; then _cws "$@"; else compdef _cws cws; fi
`;
}

function toSpec({ name, description, value }: CompletedCommand['options'][number]): string {
  const text = description.replaceAll(/[\][\\]/g, '\\$&');
  const action = value === undefined ? '' : value === 'file' ? ':file:_files' : ':value:';
  return `*${name}[${text}]${action}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
