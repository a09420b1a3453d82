import { type Command, Option } from 'commander';
import {
  addSections,
  createPoolCommand,
  jsonOption,
  onRun,
  WORKOS_VARIABLES,
} from '../shared/options.ts';
import { CommandError } from '../shared/run.ts';
import { runExplain } from './explain.ts';
import type { ExplainOptions } from './explain-options.ts';

export function explainCommand(): Command {
  const command = createPoolCommand('explain')
    .description(
      'Explains one person, in plain sentences: whose account it is, why, and what happens next. Changes nothing.',
    )
    .addOption(
      new Option('--sub <sub>', 'the sub of a Cognito profile')
        .argParser(parseSub)
        .conflicts('email'),
    )
    .addOption(
      new Option('--email <address>', 'the email address of the person').argParser(parseEmail),
    )
    .addOption(jsonOption());
  addSections(command, {
    examples: [
      'explain --stage prod --email ada@example.com',
      'explain --stage prod --sub 3f8c2a52-70d1-7001-9e0e-0a1b2c3d4e5f',
    ],
    more: `It prints names and addresses of the person asked for, and of those who have to do with the account.`,
    environment: `${WORKOS_VARIABLES}, OAUTH_CLIENTS and TRUSTED_EMAIL_PROVIDERS as the deployed consumer has them,
SYNC_LEDGER_TABLE, SYNC_DLQ_URL, and AWS's own. With --stage they come from its file and stack.`,
    exit: `0 explained, and there is nothing to do, 1 explained, and there is something to do (or
something could not be found out), 2 could not run, 130 stopped by Ctrl-C.`,
  });
  return onRun<ExplainOptions>(command, runExplain, {
    check({ sub, email }) {
      if (sub !== undefined || email !== undefined) return;
      throw new CommandError('who is to be explained? Give --email or --sub');
    },
  });
}

// What was typed is of a person: commander's own error would write it to stderr.
function parseSub(value: string): string {
  if (/^[\x21-\x7e]{1,128}$/.test(value)) return value;
  throw new CommandError('--sub has to look like 3f8c2a52-70d1-7001-9e0e-0a1b2c3d4e5f');
}

/** The longest address that there can be (RFC 5321, 4.5.3.1.3), and that fits into a filter of ListUsers. */
const LONGEST_ADDRESS = 254;

function parseEmail(value: string): string {
  const email = value.trim();
  const isAddress = /^[^\p{Cc}\s]+@[^\p{Cc}\s]+$/u.test(email) && email.length <= LONGEST_ADDRESS;
  if (isAddress) return email;
  throw new CommandError('--email has to be an email address, like ada@example.com');
}
