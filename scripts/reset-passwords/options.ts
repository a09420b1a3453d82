import { InvalidArgumentError } from 'commander';
import { parseRate, poolCommand } from '../shared/run.ts';

export type ResetOptions = {
  userPoolId: string;
  send?: true;
  rate: number;
  limit?: number;
  only?: string;
  includeUnverified?: true;
  retryInDoubt?: true;
  state?: string;
  report?: string;
  json?: true;
};

/** Mails a second: mail providers distrust a sender who is suddenly loud. */
const DEFAULT_RATE = 5;
/** A mail in a quarter of an hour: less is a slip of the keyboard. */
const MINIMUM_RATE = 0.001;

/** @throws CommanderError for what is not understood. */
export function parseResetOptions(): ResetOptions {
  return poolCommand('reset-passwords')
    .description(
      'Has WorkOS mail everybody who signs in with a password a link to set a new one, once each. Sends nothing without --send.',
    )
    .option('--send', 'send the mails')
    .option('--rate <n>', 'mails a second', parseMailRate, DEFAULT_RATE)
    .option('--limit <n>', 'at most so many mails in this run', parseLimit)
    .option('--only <file>', 'only those named: a sub, WorkOS user id or email a line')
    .option(
      '--include-unverified',
      'mail addresses, too, that Cognito does not call verified: a stranger may read them',
    )
    .option('--retry-in-doubt', 'mail those, too, who may have got their mail already')
    .option(
      '--state <file>',
      'where it is noted who has been mailed (default: reset-passwords-<pool id>.sqlite)',
    )
    .option('--report <file>', 'a JSON line a user: sub, workosUserId, outcome, reason')
    .option('--json', 'the result as one JSON object on stdout')
    .addHelpText(
      'after',
      `
Environment: WORKOS_API_KEY (or WORKOS_API_KEY_PARAMETER), WORKOS_API_HOSTNAME, WORKOS_API_PORT,
WORKOS_API_HTTPS, and AWS's own.
Exit code: 0 done, 1 done but some are in doubt, not allowed or failed, or WorkOS's daily quota of
mails is used up, 2 could not run (any further), 130 stopped by Ctrl-C.`,
    )
    .allowExcessArguments(false)
    .parse()
    .opts<ResetOptions>();
}

function parseMailRate(value: string): number {
  const rate = parseRate(value);
  if (rate >= MINIMUM_RATE) return rate;
  throw new InvalidArgumentError(`It has to be ${MINIMUM_RATE} or more.`);
}

function parseLimit(value: string): number {
  const limit = Number(value);
  if (/^\d+$/.test(value.trim()) && Number.isSafeInteger(limit) && limit > 0) return limit;
  throw new InvalidArgumentError('It has to be a whole number above 0.');
}
