import type { SQSClient } from '@aws-sdk/client-sqs';
import { type QueueDepth, readQueueDepth } from '../aws/queue-depth.ts';
import { callAws } from '../patrol/aws-call.ts';
import { type PatrolTable, readPatrolState } from '../patrol/patrol-state.ts';
import type { DeployedPatrol } from './deployed-patrol.ts';
import type { LookAtRound } from './types.ts';

const DEADLINE_MS = 10_000;

/** Needs dynamodb:GetItem on the table, and sqs:GetQueueAttributes on both queues. */
export function createLookAtRound(
  { queueUrl, deadLetterQueueUrl }: DeployedPatrol,
  { table, sqs }: { table: PatrolTable; sqs: Pick<SQSClient, 'send'> },
): LookAtRound {
  const count = (url: string) => {
    const ask = () => readQueueDepth(sqs, url, AbortSignal.timeout(DEADLINE_MS));
    return callAws('sqs:GetQueueAttributes', url, ask).then(toTotal);
  };
  return async () => {
    const [state, waiting, deadLetters] = await Promise.all([
      callAws('dynamodb:GetItem', table.table, () => readPatrolState(table)),
      count(queueUrl),
      count(deadLetterQueueUrl),
    ]);
    return { state, waiting, deadLetters };
  };
}

function toTotal({ visible, inFlight, delayed }: QueueDepth): number {
  return visible + inFlight + delayed;
}
