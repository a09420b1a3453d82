import { expect, it } from 'vitest';
import { seedCommand } from '../../../scripts/seed/command.ts';
import { refuseWithoutEffect } from '../../../scripts/seed/in-aws/options-without-effect.ts';
import type { SeedOptions } from '../../../scripts/seed/seed-options.ts';

function check(args: string[]): () => void {
  const command = seedCommand();
  command.parseOptions(['--stage', 'prod', ...args]);
  return () => refuseWithoutEffect(command, command.opts<SeedOptions>());
}

it.each([
  [['--from', '.'], /--from reads files on this machine/],
  [['--rate', '40'], /workosShare/],
  [['--dry-run'], /--dry-run cannot be in AWS/],
  [['--take-over-unverified'], /unverified_in_workos/],
  [['--yes'], /no question to answer/],
  [['--recreate'], /deleted_in_workos/],
  [['--retag'], /tagged_with_another_pool/],
  [['--state', 'x'], /the ledger's table has how far the round is/],
  [['--report', 'x'], /verify --report/],
  [['--show-emails'], /prints no user/],
  [['--another-environment'], /with its own key/],
])('seed --in-aws refuses %s, and says what to do instead', (args, message) => {
  expect(check(['--in-aws', ...args])).toThrow(message);
  expect(check(args)).not.toThrow();
});

it('seed --in-aws takes --stop and --json', () => {
  expect(check(['--in-aws', '--stop', '--json'])).not.toThrow();
});

it('seed --in-aws without a stage asks for one', () => {
  const command = seedCommand();
  command.parseOptions(['--in-aws']);
  expect(() => refuseWithoutEffect(command, command.opts<SeedOptions>())).toThrow(/--stage NAME/);
});

it('seed --stop without --in-aws is refused, and says how a seed on this machine ends', () => {
  expect(check(['--stop'])).toThrow(/only for --in-aws.*Ctrl-C/);
});
