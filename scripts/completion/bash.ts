import type { CompletedCommand } from './completed-command.ts';

/** Values of options are left to bash, which completes file names. */
export function toBashScript(commands: readonly CompletedCommand[]): string {
  const cases = commands.map(({ name, options, values }) => {
    const withValue = options.filter(({ value }) => value !== undefined);
    const words = [...values, ...options.map((option) => option.name)].join(' ');
    return `    ${name}) with_value=' ${withValue.map((option) => option.name).join(' ')} '; words='${words}' ;;`;
  });
  return `_cws() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local words='' with_value=''
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    words='${commands.map(({ name }) => name).join(' ')} --help'
  else case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac; fi
  case "$with_value" in *" $previous "*) return ;; esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _cws cws
`;
}
