import { describe, expect, it } from 'vitest';
import { CommandError, errorToText } from '../../scripts/shared/run.ts';
import { WorkosUnavailableError } from '../../src/bulk/request-scheduler.ts';
import { ConfigurationError } from '../../src/config/environment.ts';

describe('errorToText', () => {
  it.each([
    ['a command error', new CommandError('give\n--fix too'), 'error: give --fix too\n'],
    [
      'a configuration error',
      new ConfigurationError('--write', 'cannot be written'),
      'error: --write cannot be written\n',
    ],
    [
      'an unavailable WorkOS',
      new WorkosUnavailableError('WorkOS does not answer'),
      'error: WorkOS does not answer. Run the same command again; what was done is kept.\n',
    ],
  ])('%s is one line without a stack', (_case, error, text) => {
    expect(errorToText(error)).toBe(text);
  });

  it('a defect is one line with its name, and the stacks of it and its causes', () => {
    const cause = Object.assign(new RangeError('of ada@example.com'), { apiKey: 'sk_secret' });
    const text = errorToText(new TypeError('x is\nnot a function', { cause }));
    const [first, second] = text.split('\n');
    expect(first).toMatch(/^error: this is a defect.* TypeError: x is not a function$/);
    expect(second).toMatch(/^ {4}at .*command-errors\.test\.ts/);
    expect(text).toMatch(/^ {2}caused by RangeError\n {4}at /m);
    expect(text).not.toMatch(/sk_secret|ada@example/);
  });

  it('a thrown value that is no error is shown', () => {
    expect(errorToText({ code: 7 })).toMatch(/^error: this is a defect.*\{ code: 7 \}\n$/);
  });
});
