import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { confirmMassAction, NotConfirmedError } from '../../../scripts/shared/confirm.ts';

const mass = { action: 'mail', what: 'people', count: 225, bound: 0, yes: false };

function terminal(isTTY: boolean) {
  const input = Object.assign(new PassThrough(), { isTTY });
  const output = Object.assign(new PassThrough(), { isTTY });
  const stop = new AbortController();
  return { input, output, stop: stop.signal, interrupt: () => stop.abort(new Error('stopped')) };
}

describe('a mass action', () => {
  test('goes on when the operator types its number', async () => {
    const screen = terminal(true);
    const confirmed = confirmMassAction(mass, screen);
    screen.input.write('225\n');
    await expect(confirmed).resolves.toBeUndefined();
    expect(String(screen.output.read())).toContain('This will mail 225 people. Type the number');
  });

  test.each(['y', 'yes', '22', '', '226'])(
    'is refused when the operator types %j',
    async (answer) => {
      const screen = terminal(true);
      const confirmed = confirmMassAction(mass, screen);
      screen.input.write(`${answer}\n`);
      await expect(confirmed).rejects.toThrow(NotConfirmedError);
    },
  );

  test('is refused when the input ends at the question', async () => {
    const screen = terminal(true);
    const confirmed = confirmMassAction(mass, screen);
    screen.input.end();
    await expect(confirmed).rejects.toThrow('225 was not typed: nothing was done');
  });

  test('is refused without a terminal, and the message names --yes', async () => {
    await expect(confirmMassAction(mass, terminal(false))).rejects.toThrow(
      'this would mail 225 people: give --yes',
    );
  });

  test('goes on without a terminal when --yes is given', async () => {
    const confirmed = confirmMassAction({ ...mass, yes: true }, terminal(false));
    await expect(confirmed).resolves.toBeUndefined();
  });

  test('is not asked about up to the bound', async () => {
    const few = { ...mass, bound: 225 };
    await expect(confirmMassAction(few, terminal(false))).resolves.toBeUndefined();
  });

  test('ends with the reason of the interruption when it is stopped at the question', async () => {
    const screen = terminal(true);
    const confirmed = confirmMassAction(mass, screen);
    await turn();
    screen.interrupt();
    await expect(confirmed).rejects.toThrow('stopped');
  });
});
