import type { Command } from 'commander';
import {
  addSections,
  createCommand,
  jsonOption,
  limitOption,
  onRun,
  stageOption,
} from '../shared/options.ts';
import { runRedrive } from './redrive.ts';
import type { RedriveCommandOptions } from './redrive-options.ts';

export function redriveCommand(): Command {
  const command = createCommand('redrive')
    .description(
      'Lists the messages of the dead-letter queue by reason; with --replay, sends them to the sync queue again.',
    )
    .option('--replay', 'send those to the sync queue whose reason says that a retry can help')
    .option('--reason <reason>', 'replay only those with this reason; can be repeated', collect)
    .option('--force', 'replay the others too, although they will fail again')
    .addOption(limitOption('list or replay this many messages at most'))
    .option('--queue-url <url>', 'the sync queue (default: SYNC_QUEUE_URL)')
    .option('--dlq-url <url>', 'the dead-letter queue (default: SYNC_DLQ_URL)')
    .addOption(stageOption())
    .addOption(jsonOption());
  addSections(command, {
    examples: [
      'redrive',
      'redrive --replay',
      'redrive --replay --reason invalid_email --limit 100',
    ],
    environment: "SYNC_QUEUE_URL, SYNC_DLQ_URL, and AWS's own.",
    exit: `0 done, 1 some messages could not be replayed or more are left than could be seen,
2 could not run, 130 stopped by Ctrl-C.`,
  });
  return onRun<RedriveCommandOptions>(command, runRedrive);
}

function collect(reason: string, others: string[] = []): string[] {
  return [...others, reason];
}
