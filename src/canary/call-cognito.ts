import pRetry from 'p-retry';
import { classifyAwsError } from '../aws/classify-aws-error.ts';
import { OperatorError } from '../operator-error.ts';

/** Cognito's answer; `code`: its own name for why not, or `no_answer`. */
export type CognitoAnswer<T> =
  | { kind: 'ok'; value: T }
  | { kind: 'refused'; code: string; reason: string };

/** The SDK's own tries come to a second or two. */
const TRIES = 4;

/**
 * One call of the Cognito API. It is not aborted, because a call whose answer is not waited for may be carried out
 * all the same; it is sent again a few times while Cognito throttles or does not answer.
 *
 * @param action as IAM calls it, without the service: `SignUp`.
 * @param delayMs before the second try, doubled with each further one.
 * @throws OperatorError where no call can succeed (no credentials, no region).
 */
export async function callCognito<T>(
  action: string,
  send: () => Promise<T>,
  delayMs = 400,
): Promise<CognitoAnswer<T>> {
  try {
    const value = await pRetry(send, {
      retries: TRIES - 1,
      minTimeout: delayMs,
      randomize: true,
      shouldRetry: ({ error }) => classifyAwsError(error).kind === 'transient',
    });
    return { kind: 'ok', value };
  } catch (error) {
    return toRefusal(action, error);
  }
}

function toRefusal(action: string, error: unknown): CognitoAnswer<never> {
  const failure = classifyAwsError(error);
  switch (failure.kind) {
    case 'setup':
      throw new OperatorError(failure.problem, { cause: error });
    case 'unknown':
      throw error;
    case 'transient': {
      const code = failure.what === 'no answer in time' ? 'no_answer' : failure.what;
      return {
        kind: 'refused',
        code,
        reason: `Cognito did not answer ${action} (${failure.what})`,
      };
    }
    case 'denied':
      return {
        kind: 'refused',
        code: failure.name,
        reason: failure.name.startsWith('AccessDenied')
          ? `the AWS credentials may not do this: allow cognito-idp:${action} on the pool`
          : `Cognito refuses ${action} (${failure.name})`,
      };
    default:
      return {
        kind: 'refused',
        code: failure.name,
        reason: `Cognito refuses ${action} (${failure.name})`,
      };
  }
}
