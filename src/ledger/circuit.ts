import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { classifyAwsError } from '../aws/classify-aws-error.ts';

/** How long requests fail at once after one has failed. */
const OPEN_MS = 5_000;

type DynamoSend = Pick<DynamoDBClient, 'send'>;

/**
 * A client whose requests fail at once for five seconds after one has failed: the ledger is there to save
 * time, and during an outage of DynamoDB not every user may wait for a timeout. A failed condition is not a
 * failure.
 */
export function withCircuit(client: DynamoSend, now: () => number = () => performance.now()) {
  let openUntil = Number.NEGATIVE_INFINITY;
  // The overloads of the SDK's `send` cannot be expressed again; the arguments are passed on unchanged.
  const send = async (...args: Parameters<DynamoDBClient['send']>): Promise<unknown> => {
    if (now() < openUntil) throw new CircuitOpenError('a request to DynamoDB has just failed');
    try {
      return await client.send(...args);
    } catch (error) {
      if (classifyAwsError(error).kind !== 'condition_failed') openUntil = now() + OPEN_MS;
      throw error;
    }
  };
  return { send } as DynamoSend;
}

class CircuitOpenError extends Error {
  override name = 'CircuitOpenError';
}
