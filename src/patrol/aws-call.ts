import { classifyAwsError } from '../aws/classify-aws-error.ts';
import { OperatorError } from '../operator-error.ts';

/** A queue or table of the patrol's cannot be used; the message says what to do. */
export class PatrolAwsError extends OperatorError {
  override name = 'PatrolAwsError';
  /** The same request may succeed later. */
  readonly isTransient: boolean;

  constructor(message: string, options: { cause?: unknown; isTransient?: boolean } = {}) {
    super(message, options);
    this.isTransient = options.isTransient ?? false;
  }
}

/**
 * Runs a request to the queue or the table; the SDK's own retries are all there are, because the state machine
 * repeats the invocation.
 *
 * @param action as IAM names it: `sqs:SendMessage`…
 * @param resource the queue's URL or the table's name.
 * @throws PatrolAwsError; the error itself where it is a defect, or where the request was aborted.
 */
export async function callAws<T>(
  action: string,
  resource: string,
  send: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw toPatrolError(error, action, resource);
  }
}

function toPatrolError(cause: unknown, action: string, resource: string): unknown {
  const failure = classifyAwsError(cause);
  switch (failure.kind) {
    case 'denied':
      return new PatrolAwsError(`not allowed: allow ${action} on ${resource}`, { cause });
    case 'not_found':
      return new PatrolAwsError(
        `there is no ${resource} in this AWS account and region: check SYNC_QUEUE_URL and SYNC_LEDGER_TABLE`,
        { cause },
      );
    case 'setup':
      return new PatrolAwsError(failure.problem, { cause });
    case 'transient':
      return new PatrolAwsError(`${resource} did not answer ${action} (${failure.what})`, {
        cause,
        isTransient: true,
      });
    case 'unknown':
      return cause;
    default:
      return new PatrolAwsError(`${resource} refuses ${action} (${failure.name})`, { cause });
  }
}
