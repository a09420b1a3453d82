import * as v from 'valibot';

/**
 * What an error of the Cognito API means for a run that reads users:
 *
 * - `transient`: worth another try. `answered`: whether it was Cognito that said so; `what` names it.
 * - `invalid_parameter`: which one, only the caller can tell.
 * - `fatal`: no try will ever succeed; `problem` says what to mend.
 * - `unknown`: not an error of the API or of the way to it.
 */
export type PoolFailure =
  | { kind: 'transient'; what: string; answered: boolean }
  | { kind: 'invalid_parameter' | 'user_not_found' }
  | { kind: 'fatal'; problem: string }
  | { kind: 'unknown' };

const errorSchema = v.object({
  name: v.string(),
  message: v.optional(v.string(), ''),
  code: v.fallback(v.optional(v.string()), undefined),
  $metadata: v.optional(
    v.object({
      httpStatusCode: v.optional(v.number()),
      clockSkewCorrected: v.optional(v.boolean(), false),
    }),
  ),
});

/** Cognito throttles with HTTP 400, so the status alone does not tell (API reference, ListUsers). */
const TRANSIENT = new Set([
  'TooManyRequestsException',
  'LimitExceededException',
  'ThrottlingException',
  'InternalErrorException',
  'InternalServerException',
  'TimeoutError',
  'AbortError',
]);
const NOT_ALLOWED = new Set(['AccessDeniedException', 'NotAuthorizedException']);
const NO_CREDENTIALS = new Set(['CredentialsProviderError', 'TokenProviderError']);
/** AWS's common errors, in the spellings of its protocols. */
const BAD_CREDENTIALS =
  /^(ExpiredToken|UnrecognizedClient|InvalidSignature|IncompleteSignature|InvalidClientTokenId|MissingAuthenticationToken|SignatureDoesNotMatch)(Exception)?$/;

/**
 * Any thrown value → what it means.
 *
 * @param action of the API, as IAM names it: `ListUsers`…
 */
export function classifyPoolError(error: unknown, action: string, userPoolId: string): PoolFailure {
  const parsed = v.safeParse(errorSchema, error);
  if (!parsed.success) return { kind: 'unknown' };
  const { name, message, code, $metadata } = parsed.output;
  const status = $metadata?.httpStatusCode;
  const answered = status !== undefined;

  if (name === 'InvalidParameterException') return { kind: 'invalid_parameter' };
  if (name === 'UserNotFoundException') return { kind: 'user_not_found' };
  const isTransient =
    TRANSIENT.has(name) ||
    $metadata?.clockSkewCorrected ||
    // Not JSON: something on the way has answered in Cognito's place.
    name === 'SyntaxError' ||
    (answered && (status >= 500 || status === 429 || status === 408));
  if (isTransient) {
    return { kind: 'transient', what: name === 'AbortError' ? 'no answer' : name, answered };
  }
  const problem = problemOf(name, action, userPoolId);
  if (problem !== undefined) return { kind: 'fatal', problem };
  if (answered) return { kind: 'fatal', problem: `Cognito refuses ${action}: ${name} (${status})` };
  if (code !== undefined) return { kind: 'transient', what: code, answered };
  // The SDK gives this one neither a class nor a code.
  if (message === 'Region is missing') return { kind: 'fatal', problem: NO_REGION };
  return { kind: 'unknown' };
}

const NO_REGION = 'no AWS region is set: set AWS_REGION to the region of the user pool';

function problemOf(name: string, action: string, userPoolId: string): string | undefined {
  if (name === 'ResourceNotFoundException') {
    return `there is no user pool ${userPoolId} in this AWS account and region: check the id, the region and the credentials`;
  }
  if (NOT_ALLOWED.has(name)) {
    return `the AWS credentials may not do this: allow cognito-idp:${action} on the user pool ${userPoolId}`;
  }
  if (NO_CREDENTIALS.has(name)) {
    return 'there are no usable AWS credentials: sign in (aws sso login), or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';
  }
  if (BAD_CREDENTIALS.test(name)) {
    return `AWS does not accept the credentials (${name}): they are wrong or have expired, get new ones`;
  }
  return undefined;
}
