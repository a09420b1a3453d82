import { type Command, Option } from 'commander';
import {
  addSections,
  createCommand,
  jsonOption,
  limitOption,
  onRun,
  stageOption,
} from '../shared/options.ts';
import { DISCARD_BOUND } from './confirm-discard.ts';
import { runRedrive } from './redrive.ts';
import type { RedriveCommandOptions } from './redrive-options.ts';

export function redriveCommand(): Command {
  const command = createCommand('redrive')
    .description(
      'Lists the messages of the dead-letter queue by reason; with --replay, sends them to the sync queue again; with --discard, moves them out of the queue into a file.',
    )
    .option('--replay', 'send those to the sync queue whose reason says that a retry can help')
    .addOption(
      new Option(
        '--discard <file>',
        'move those that no replay can ever help (malformed_message) out of the queue: appended to this file, one JSON line each, then deleted',
      ).conflicts(['replay', 'force']),
    )
    .option(
      '--reason <reason>',
      'replay or discard only those with this reason; can be repeated',
      collect,
    )
    .option('--force', 'replay the others too, although they will fail again')
    .addOption(limitOption('list, replay or discard this many messages at most'))
    .option('--yes', `discard more than ${DISCARD_BOUND} messages without a question`)
    .option('--queue-url <url>', 'the sync queue (default: SYNC_QUEUE_URL)')
    .option('--dlq-url <url>', 'the dead-letter queue (default: SYNC_DLQ_URL)')
    .addOption(stageOption())
    .addOption(jsonOption());
  addSections(command, {
    examples: [
      'redrive',
      'redrive --replay',
      'redrive --replay --reason invalid_email --limit 100',
      'redrive --discard discarded.jsonl',
    ],
    more: `--discard asks for the number on a terminal where it is more than ${DISCARD_BOUND} messages, and needs --yes elsewhere.
A message is deleted from the queue only after its line is on the disk. The file is readable for its owner
alone; a later run appends to it.`,
    environment: "SYNC_QUEUE_URL, SYNC_DLQ_URL, and AWS's own.",
    exit: `0 done, 1 some messages could not be replayed or discarded, or more are left than could be seen,
2 could not run, 130 stopped by Ctrl-C.`,
  });
  return onRun<RedriveCommandOptions>(command, runRedrive);
}

function collect(reason: string, others: string[] = []): string[] {
  return [...others, reason];
}
