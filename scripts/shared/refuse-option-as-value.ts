import { type Command, InvalidArgumentError, type Option } from 'commander';

/**
 * Has every option of the command that takes a value refuse another option in its place. commander takes
 * what comes next, whatever it is: `seed --report --dry-run` would write for real, and its report into a file
 * named `--dry-run`.
 */
export function refuseOptionsAsValues(command: Command): void {
  for (const option of command.options) if (option.required) refuseOptionAsValue(option);
}

function refuseOptionAsValue(option: Option): void {
  const parse = option.parseArg;
  option.argParser((value, previous) => {
    if (/^--?[a-z]/i.test(value)) {
      throw new InvalidArgumentError(
        'It looks like an option: the value is missing (is a variable of the shell empty?).',
      );
    }
    return parse ? parse(value, previous) : value;
  });
}
