import { classifyAwsError } from '../aws/classify-aws-error.ts';
import { OperatorError } from '../operator-error.ts';

/**
 * A message could not be moved; the error's own message is one line that says what to do.
 *
 * - `fatal`: no other message will fare better.
 * - `transient`: it may succeed later.
 * - `refused`: it will not succeed with this message.
 */
export class RedriveError extends OperatorError {
  override name = 'RedriveError';
  readonly kind: 'fatal' | 'transient' | 'refused';
  constructor(kind: RedriveError['kind'], message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

/** A queue did not do what it was asked for. */
export class QueueError extends RedriveError {
  override name = 'QueueError';
}

function toSilence(
  queueUrl: string,
  { what, answered }: { what: string; answered: boolean },
): string {
  const silence = `${queueUrl} did not answer (${what})`;
  if (answered) return silence;
  return `${silence}: check the URL of the queue, the network, and whether a proxy or firewall is in between`;
}

const NO_KEY = /^(Kms|KMS\.)/;

/**
 * Any thrown value → what it means for the queue.
 *
 * @param action as IAM names it: `sqs:SendMessage`…
 */
export function toQueueError(error: unknown, action: string, queueUrl: string): QueueError {
  const failure = classifyAwsError(error);
  switch (failure.kind) {
    case 'denied':
      return new QueueError('fatal', `not allowed: allow ${action} on ${queueUrl}`, error);
    case 'setup':
      return new QueueError('fatal', failure.problem, error);
    case 'transient':
      return new QueueError('transient', toSilence(queueUrl, failure), error);
    case 'not_found': {
      const problem = `there is no queue ${queueUrl}: check the URL, the AWS account and the region`;
      return new QueueError('fatal', problem, error);
    }
    case 'unsupported':
      return new QueueError('fatal', `what answers for ${queueUrl} knows no ${action}`, error);
    case 'unknown':
      return new QueueError('fatal', `${action} failed: ${String(error)}`, error);
    default:
      return refusal(failure.name, error, action, queueUrl);
  }
}

function refusal(name: string, cause: unknown, action: string, queueUrl: string): QueueError {
  if (NO_KEY.test(name)) {
    const problem = `the KMS key of ${queueUrl} cannot be used (${name}): allow kms:Decrypt and kms:GenerateDataKey on it`;
    return new QueueError('fatal', problem, cause);
  }
  return new QueueError('refused', `${queueUrl} refuses ${action} (${name})`, cause);
}
