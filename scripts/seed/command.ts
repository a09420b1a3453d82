import type { Command } from 'commander';
import { MANY_TAKE_OVERS, yesOption } from '../shared/mass-bounds.ts';
import {
  addSections,
  anotherEnvironmentOption,
  createPoolCommand,
  fromOption,
  jsonOption,
  onRun,
  rateOption,
  WORKOS_VARIABLES,
} from '../shared/options.ts';
import { refuseWithoutEffect } from './in-aws/options-without-effect.ts';
import { runSeedInAws } from './in-aws/seed-in-aws.ts';
import { runSeed } from './seed.ts';
import type { SeedOptions } from './seed-options.ts';

/** Writes a second, those of the consumers included where they report them. WorkOS allows 50 (docs/facts.md#workos-rate-limits). */
const DEFAULT_RATE = 40;

export function seedCommand(): Command {
  const command = createPoolCommand('seed')
    .description(
      'Mirrors every user of a Cognito user pool into WorkOS. Can be run at any time, and again.',
    )
    .addOption(fromOption())
    .addOption(rateOption('WorkOS writes a second', DEFAULT_RATE))
    .option('--dry-run', 'do everything but write')
    .option(
      '--take-over-unverified',
      'link WorkOS users whose email is not verified: overwrites their passwords, ends their sessions',
    )
    .addOption(yesOption(MANY_TAKE_OVERS))
    .option('--recreate', 'create users again that were deleted in WorkOS (known by the ledger)')
    .option(
      '--retag',
      'also update users that WorkOS has under another user pool, and tag them with this one',
    )
    .option(
      '--state <file>',
      'where the run records its progress, to resume it (default: seed-<pool id>.sqlite)',
    )
    .option(
      '--report <file>',
      'write a JSON line for each user: sub, outcome, reason, workosUserId, fields, before, after',
    )
    .option('--show-emails', 'show emails and names as they are; otherwise they are masked')
    .addOption(anotherEnvironmentOption())
    .option(
      '--in-aws',
      'have the deployed stack of --stage do it, and show how far it is; the machine may be switched off',
    )
    .option('--stop', 'with --in-aws: end the seed that is under way in AWS')
    .addOption(jsonOption());
  addSections(command, {
    examples: [
      'seed --user-pool-id eu-central-1_Ab1Cd2Ef3 --dry-run --report dry-run.jsonl',
      'seed --user-pool-id eu-central-1_Ab1Cd2Ef3 --report seed.jsonl',
      'seed --user-pool-id eu-central-1_Ab1Cd2Ef3 --from ./export --rate 10',
      'seed --stage prod --in-aws',
      'seed --stage prod --in-aws --stop',
    ],
    environment: `${WORKOS_VARIABLES}, OAUTH_CLIENTS, TRUSTED_EMAIL_PROVIDERS, SYNC_LEDGER_TABLE (the stack's output
SyncLedgerTable), and AWS's own.`,
    more: `With --in-aws the patrol of the stack publishes every user, and the consumer mirrors them with its own settings.
Called again while it runs, the command shows it again and starts no second one. Ctrl-C ends the display alone.
`,
    exit: `0 done, 1 done but some users failed (with --in-aws: a record could not be read, messages were
dead-lettered, or --stop ended the round), 2 could not run, 130 stopped by Ctrl-C.`,
  });
  return onRun<SeedOptions>(
    command,
    (options, interruption) => {
      const { inAws, stage } = options;
      return inAws && stage !== undefined
        ? runSeedInAws({ ...options, stage }, interruption)
        : runSeed(options, interruption);
    },
    {
      check: (options) => refuseWithoutEffect(command, options),
      // What it needs is in the stack, and not in the file.
      isFileOptional: ({ inAws = false }) => inAws,
    },
  );
}
