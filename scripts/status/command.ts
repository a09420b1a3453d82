import { type Command, InvalidArgumentError } from 'commander';
import { addSections, createPoolCommand, jsonOption, onRun } from '../shared/options.ts';
import { runStatus } from './status.ts';
import type { StatusOptions } from './status-options.ts';

export function statusCommand(): Command {
  const command = createPoolCommand('status')
    .description('Shows the whole migration on one screen, and the next step. Changes nothing.')
    .option(
      '--watch [seconds]',
      'look again and again, every 15 seconds or as given, until Ctrl-C',
      parseSeconds,
    )
    .addOption(jsonOption());
  addSections(command, {
    examples: [
      'status --stage prod',
      'status --stage prod --watch',
      'status --user-pool-id eu-central-1_Ab1Cd2Ef3 --json',
    ],
    more: `It reads, and asks WorkOS nothing. What the credentials may not read is shown as unknown, with the permission
that is missing. CloudWatch is asked once a minute at most.
`,
    environment: `SYNC_QUEUE_URL, SYNC_DLQ_URL and SYNC_LEDGER_TABLE, where the stack's outputs are not to be asked, and
AWS's own.`,
    exit: `0 all is well, 1 it is not, or something essential is unknown, 2 could not run, 130 stopped by Ctrl-C.`,
  });
  return onRun<StatusOptions>(command, runStatus, { isFileOptional: true, isStackLeftOut: true });
}

function parseSeconds(value: string): number {
  const seconds = Number(value);
  if (value.trim() !== '' && seconds >= 2 && seconds <= 3600) return seconds;
  throw new InvalidArgumentError('It has to be a number of seconds from 2 to 3600.');
}
