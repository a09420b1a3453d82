import type { Command } from 'commander';
import { CommandError } from '../../shared/run.ts';
import type { SeedOptions } from '../seed-options.ts';

const HERE = 'run seed without --in-aws for that';

/** Why an option cannot be given with `--in-aws`, and what to do instead. */
const WITHOUT_EFFECT = {
  from: `--from reads files on this machine, and the patrol in AWS lists the live pool: ${HERE}`,
  rate: "--rate is of a seed on this machine: in AWS the consumer keeps to its part of WorkOS's limits, the setting workosShare of the stage",
  dryRun: `--dry-run cannot be in AWS, where the deployed consumer writes: ${HERE}`,
  takeOverUnverified: `--take-over-unverified is never done by the deployed consumer: seed in AWS first, verify lists the conflicts (unverified_in_workos), then ${HERE}`,
  yes: '--yes has no question to answer: a seed in AWS takes over no WorkOS user',
  recreate: `--recreate is never done by the deployed consumer: seed in AWS first, verify lists the conflicts (deleted_in_workos), then ${HERE}`,
  retag: `--retag is never done by the deployed consumer: seed in AWS first, verify lists the conflicts (tagged_with_another_pool), then ${HERE}`,
  state:
    "--state names a file of a seed on this machine: in AWS the ledger's table has how far the round is",
  report:
    '--report is of a seed on this machine: after one in AWS, verify --report lists every user that differs or is in conflict',
  showEmails: '--show-emails has nothing to show: a seed in AWS prints no user',
  anotherEnvironment:
    '--another-environment is of a seed on this machine: in AWS the deployed consumer writes, with its own key',
} satisfies Partial<Record<keyof SeedOptions, string>>;

/** @throws CommandError for an option that would do nothing, and for `--in-aws` without a stage. */
export function refuseWithoutEffect(command: Command, { inAws, stop, stage }: SeedOptions): void {
  if (stop && !inAws) {
    throw new CommandError('--stop is only for --in-aws: a seed on this machine ends with Ctrl-C');
  }
  if (!inAws) return;
  if (stage === undefined) {
    throw new CommandError('--in-aws is done by the deployed stack of a stage: give --stage NAME');
  }
  for (const [name, why] of Object.entries(WITHOUT_EFFECT)) {
    if (command.getOptionValueSource(name) === 'cli') throw new CommandError(why);
  }
}
