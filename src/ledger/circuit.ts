import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { classifyAwsError } from '../aws/classify-aws-error.ts';

/** For so long nobody waits again for a table that has just failed. */
const OPEN_MS = 5_000;

export type DynamoSend = Pick<DynamoDBClient, 'send'>;

/**
 * A client whose requests fail at once for five seconds after one has failed: the ledger saves time, and
 * must not cost every user the time that it takes a DynamoDB to time out.
 */
export function withCircuit(client: DynamoSend, now: () => number = () => performance.now()) {
  let openUntil = Number.NEGATIVE_INFINITY;
  // The SDK's overloads of `send` cannot be written down again; what is passed on is what was given.
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
