import { type Command, InvalidArgumentError } from 'commander';
import { MAIL_BOUND, yesOption } from '../shared/mass-bounds.ts';
import {
  addSections,
  anotherEnvironmentOption,
  createPoolCommand,
  jsonOption,
  limitOption,
  onRun,
  parseRate,
  rateOption,
  WORKOS_VARIABLES,
} from '../shared/options.ts';
import type { ResetOptions } from './reset-options.ts';
import { runResetPasswords } from './reset-passwords.ts';

/** Mails a second: mail providers distrust a domain that suddenly sends many. */
const DEFAULT_RATE = 5;
/** A mail in a quarter of an hour: less is a typing error. */
const MINIMUM_RATE = 0.001;

export function resetPasswordsCommand(): Command {
  const command = createPoolCommand('reset-passwords')
    .description(
      'Has WorkOS mail each user who signs in with a password a link to set a new one, once. Sends nothing without --send.',
    )
    .option('--send', 'send the mails: needs --only, --limit or --all')
    .option('--all', 'with --send: mail every user who needs a new password')
    .addOption(rateOption('mails a second', DEFAULT_RATE).argParser(parseMailRate))
    .addOption(limitOption('send this many mails at most in this run'))
    .option('--only <file>', 'only the users in the file: a sub, WorkOS user id or email a line')
    .option(
      '--include-unverified',
      'also mail addresses that Cognito does not call verified: a stranger may read them',
    )
    .option('--retry-in-doubt', 'also mail users who may have got their mail already')
    .option('--mail-again', 'with --only: also mail users who were mailed over an hour ago')
    .addOption(yesOption(`more than ${MAIL_BOUND} mails`))
    .option(
      '--state <file>',
      'where it is recorded who has been mailed (default: reset-passwords-<pool id>.sqlite)',
    )
    .option(
      '--report <file>',
      'write a JSON line for each user: sub, workosUserId, outcome, reason',
    )
    .addOption(anotherEnvironmentOption())
    .addOption(jsonOption());
  addSections(command, {
    examples: [
      'reset-passwords --user-pool-id eu-central-1_Ab1Cd2Ef3',
      'reset-passwords --user-pool-id eu-central-1_Ab1Cd2Ef3 --only team.txt --send',
      'reset-passwords --user-pool-id eu-central-1_Ab1Cd2Ef3 --limit 1000 --send',
      'reset-passwords --user-pool-id eu-central-1_Ab1Cd2Ef3 --all --send',
      'reset-passwords --user-pool-id eu-central-1_Ab1Cd2Ef3 --only expired.txt --mail-again --send',
    ],
    environment: `${WORKOS_VARIABLES}, TRUSTED_EMAIL_PROVIDERS, SYNC_LEDGER_TABLE (keeps two
runs at once apart), and AWS's own.`,
    exit: `0 done, 1 done but some are in doubt, not allowed or failed, or WorkOS's daily quota of
mails is used up, 2 could not run (any further), 130 stopped by Ctrl-C.`,
  });
  return onRun<ResetOptions>(command, runResetPasswords);
}

function parseMailRate(value: string): number {
  const rate = parseRate(value);
  if (rate >= MINIMUM_RATE) return rate;
  throw new InvalidArgumentError(`It has to be ${MINIMUM_RATE} or more.`);
}
