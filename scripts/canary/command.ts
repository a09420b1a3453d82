import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ProfileAttributes } from '../../src/canary/fill-attributes.ts';
import { mailboxProblem } from '../../src/canary/mark.ts';
import { toSchedule } from '../../src/canary/schedule.ts';
import {
  addSections,
  createPoolCommand,
  jsonOption,
  onRun,
  WORKOS_VARIABLES,
} from '../shared/options.ts';
import { CommandError } from '../shared/run.ts';
import { runCanaryCommand } from './canary.ts';
import type { CanaryOptions } from './canary-options.ts';

export function canaryCommand(): Command {
  const command = createPoolCommand('canary')
    .description(
      'Proves the live path with throw-away users: they sign up and in at Cognito, arrive in WorkOS, and are removed again on both sides.',
    )
    .option(
      '--email <address>',
      "a mailbox of your own for Cognito's mails; each user has a label there (default: the mailbox simulator of SES)",
      parseMailbox,
    )
    .addOption(seconds('--deadline <seconds>', 'how long WorkOS may take to show each step', 60))
    .addOption(
      seconds(
        '--settle <seconds>',
        'how long messages may be under way, where neither ledger nor queue can be read',
        15,
      ),
    )
    .option(
      '--attribute <name=value>',
      'an attribute that a trigger of the pool wants, like custom:plan=free; can be repeated',
      parseAttribute,
    )
    .option(
      '--workos-client-id <id>',
      'the client id of the WorkOS environment, to sign in there with a carried password (default: WORKOS_CLIENT_ID)',
    )
    .addOption(
      new Option(
        '--every <interval>',
        'with --stage: write into its file that the deployed stack runs the canary so often, like 5m or 1h; off ends it',
      )
        .argParser(parseSchedule)
        .conflicts(['clean', 'email']),
    )
    .option(
      '--clean',
      'remove what earlier runs have left, and the standing user of a schedule that is off',
    )
    .option('--now', 'with --clean: even what a run made that may still be under way')
    .addOption(jsonOption());
  addSections(command, {
    examples: [
      'canary --stage prod',
      'canary --stage prod --email owner@example.com',
      'canary --stage prod --every 5m',
      'canary --stage prod --clean',
    ],
    more: `It makes its own app client, which only it can use, and refuses to begin where it may not remove
what it makes. IAM: docs/canary-policy.json.`,
    environment: `${WORKOS_VARIABLES}, WORKOS_CLIENT_ID,\nSYNC_LEDGER_TABLE, SYNC_QUEUE_URL, and AWS's own.`,
    exit: `0 all has arrived and is removed, 1 something has not arrived, could not be tried or is left
behind, 2 could not run, 130 stopped by Ctrl-C (what was made is removed).`,
  });
  return onRun<CanaryOptions>(command, runCanaryCommand, {
    check({ now, clean, every, stage }) {
      if (now && !clean) throw new CommandError('--now is for --clean');
      if (every !== undefined && stage === undefined) {
        throw new CommandError('--every is written into the file of a stage: give --stage');
      }
    },
  });
}

function seconds(flags: string, description: string, fallback: number): Option {
  return new Option(flags, description).argParser(parseSeconds).default(fallback);
}

function parseSeconds(value: string): number {
  const number = Number(value);
  if (/^\d+(\.\d+)?$/.test(value) && number > 0 && number <= 900) return number;
  throw new InvalidArgumentError('It has to be a number of seconds, above 0 and at most 900.');
}

function parseMailbox(value: string): string {
  const problem = mailboxProblem(value);
  if (problem === undefined) return value.toLowerCase();
  throw new InvalidArgumentError(`It ${problem}.`);
}

function parseAttribute(value: string, others: ProfileAttributes = {}): ProfileAttributes {
  const [, name, given] = /^([\w:.-]+)=(.*)$/.exec(value) ?? [];
  if (name !== undefined && given !== undefined) return { ...others, [name]: given };
  throw new InvalidArgumentError('It has to be name=value, like custom:plan=free.');
}

function parseSchedule(value: string): string {
  const schedule = toSchedule(value);
  if (schedule !== undefined) return schedule;
  throw new InvalidArgumentError('It has to be like 5m or 1h, a schedule of EventBridge, or off.');
}
