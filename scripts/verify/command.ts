import { type Command, InvalidArgumentError } from 'commander';
import { DELETION_BOUND, FIX_BOUND, MANY_TAKE_OVERS, yesOption } from '../shared/mass-bounds.ts';
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
import { runVerify } from './verify.ts';
import type { VerifyOptions } from './verify-options.ts';

/** Writes a second, for --fix. WorkOS allows 50 (docs/facts.md#workos-rate-limits): the rest is left to the consumer. */
const DEFAULT_RATE = 40;
const DEFAULT_SETTLE_SECONDS = 5;
const DEFAULT_MFA_LIMIT = 10_000;

export function verifyCommand(): Command {
  const command = createPoolCommand('verify')
    .description(
      'Compares every user of a Cognito user pool with every user of WorkOS: the cutover gate.',
    )
    .addOption(fromOption())
    .option(
      '--fix',
      'mirror missing and stale users, then compare again; deletes no user without --delete-extra',
    )
    .option(
      '--delete-extra',
      'with --fix: list the extra users, then delete them in WorkOS; those who have signed in there are kept',
    )
    .option(
      '--take-over-unverified',
      'with --fix: link WorkOS users whose email is not verified; overwrites their passwords, ends their sessions',
    )
    .option('--recreate', 'with --fix: create users again that were deleted in WorkOS')
    .option(
      '--retag',
      'with --fix: also update users that WorkOS has under another user pool, and tag them with this one',
    )
    .option(
      '--accept <file>',
      'JSON lines {"sub" or "workosUserId", "reason", "note"}: findings that do not break the gate',
    )
    .addOption(rateOption('WorkOS writes a second, with --fix', DEFAULT_RATE))
    .option(
      '--settle <seconds>',
      'recheck users who differ after this time: a change may be on its way',
      parseSeconds,
      DEFAULT_SETTLE_SECONDS,
    )
    .option(
      '--report <file>',
      'write a JSON line for each finding: kind, reason, sub, workosUserId, fields, before, after, advice',
    )
    .option('--csv <file>', 'write the same as a table, for a spreadsheet')
    .option('--html <file>', 'write what a cutover depends on, as one page for people')
    .option(
      '--mfa-limit <n>',
      'with --html: ask Cognito about the MFA of this many users at most',
      parseCount,
      DEFAULT_MFA_LIMIT,
    )
    .addOption(
      yesOption(
        `more than ${FIX_BOUND} users fixed, ${MANY_TAKE_OVERS}, and more than ${DELETION_BOUND} deleted,`,
      ),
    )
    .option('--strict', 'exit code 3 where the verdict is to look at something first')
    .option(
      '--show-emails',
      'show emails and names as they are; otherwise they are masked or left out',
    )
    .addOption(anotherEnvironmentOption())
    .addOption(jsonOption());
  addSections(command, {
    examples: [
      'verify --user-pool-id eu-central-1_Ab1Cd2Ef3 --html readiness.html',
      'verify --user-pool-id eu-central-1_Ab1Cd2Ef3 --csv findings.csv --report findings.jsonl',
      'verify --user-pool-id eu-central-1_Ab1Cd2Ef3 --fix',
      'verify --user-pool-id eu-central-1_Ab1Cd2Ef3 --fix --delete-extra --report deletions.jsonl',
      'verify --user-pool-id eu-central-1_Ab1Cd2Ef3 --accept accepted.jsonl --json',
    ],
    environment: `${WORKOS_VARIABLES}, OAUTH_CLIENTS and TRUSTED_EMAIL_PROVIDERS as the dual run has them, SYNC_LEDGER_TABLE
(the stack's output SyncLedgerTable), SYNC_QUEUE_URL and SYNC_DLQ_URL (to count waiting messages),
and AWS's own.`,
    exit: `0 in sync, 1 not in sync, 2 could not run, 3 (with --strict) in sync, but something is still
to be looked at, 130 stopped by Ctrl-C.`,
  });
  return onRun<VerifyOptions>(command, runVerify);
}

function parseSeconds(value: string): number {
  const seconds = Number(value);
  if (value.trim() !== '' && seconds >= 0 && seconds <= 900) return seconds;
  throw new InvalidArgumentError('It has to be a number of seconds from 0 to 900.');
}

function parseCount(value: string): number {
  const count = Number(value);
  if (value.trim() !== '' && Number.isSafeInteger(count) && count >= 0) return count;
  throw new InvalidArgumentError('It has to be a whole number, 0 or more.');
}
