import * as v from 'valibot';

/**
 * What an error of an AWS call means, whichever service was called. The callers turn the kind into their own
 * message; none of them looks at the error itself.
 *
 * - `denied`: the credentials are good, but do not allow the action.
 * - `setup`: no call will succeed before `problem` is fixed; it says how.
 * - `transient`: worth another try. `what` names it; `answered`: whether it was AWS that said so.
 * - `not_found`: the thing that was asked for does not exist; `name` tells which kind of thing.
 * - `invalid_parameter`: which one, only the caller can tell.
 * - `condition_failed`: a conditional write whose condition does not hold.
 * - `concurrent_change`: another change was under way at the same time.
 * - `unsupported`: what answers at this address does not know the action (an emulator).
 * - `refused`: any other answer, by the service's own name for it.
 * - `unknown`: not an error of the API or of the way to it.
 */
export type AwsFailure =
  | { kind: NamedKind; name: string }
  | { kind: 'setup'; problem: string }
  | { kind: 'transient'; what: string; answered: boolean }
  | { kind: 'refused'; name: string; status: number }
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

/** The kinds that the service's own name for the error decides. */
type NamedKind =
  | 'denied'
  | 'not_found'
  | 'invalid_parameter'
  | 'condition_failed'
  | 'concurrent_change'
  | 'unsupported';

/** The services' spellings (each one's API reference, Common Error Types). */
const NAMED: readonly [RegExp, NamedKind][] = [
  [/^(AccessDenied|NotAuthorized|AuthorizationError)(Exception)?$/, 'denied'],
  [
    /(^|\.)((ResourceNotFound|UserNotFound|NoSuchEntity)(Exception)?|ParameterNotFound|QueueDoesNotExist|NonExistentQueue|QueueDeletedRecently|InvalidAddress)$/,
    'not_found',
  ],
  [/^InvalidParameterException$/, 'invalid_parameter'],
  [/^ConditionalCheckFailedException$/, 'condition_failed'],
  [/^ConcurrentModificationException$/, 'concurrent_change'],
  [
    /^(UnknownOperation|UnknownOperationException|UnsupportedOperation|InvalidAction|NotImplemented|NotImplementedError|MissingAction)$/,
    'unsupported',
  ],
];

const NO_CREDENTIALS = new Set(['CredentialsProviderError', 'TokenProviderError']);
const BAD_CREDENTIALS =
  /^(ExpiredToken|UnrecognizedClient|InvalidSignature|IncompleteSignature|InvalidClientTokenId|InvalidAccessKeyId|MissingAuthenticationToken|SignatureDoesNotMatch)(Exception)?$/;

/**
 * Cognito throttles with HTTP 400 (API reference, ListUsers), so the status alone does not tell. A
 * `SyntaxError` is an answer that is not JSON: something on the way has answered in the service's place.
 */
const TRANSIENT =
  /^(Throttling|ThrottlingException|RequestThrottled|RequestLimitExceeded|TooManyRequestsException|LimitExceededException|ServiceUnavailable|ServiceFailure|InternalError|InternalErrorException|InternalFailure|InternalServerError|InternalServerException|TimeoutError|AbortError|SyntaxError)$/;

/** Any thrown value → what it means. Told apart by name and HTTP status, never by the message. */
export function classifyAwsError(error: unknown): AwsFailure {
  const parsed = v.safeParse(errorSchema, error);
  if (!parsed.success) return { kind: 'unknown' };
  const { name, message, code, $metadata } = parsed.output;
  const status = $metadata?.httpStatusCode;
  // An answer that is not the service's comes from a proxy, or from a wrong address.
  const answered = status !== undefined && name !== 'SyntaxError';

  const named = NAMED.find(([pattern]) => pattern.test(name))?.[1];
  if (named !== undefined) return { kind: named, name };
  // The SDK has set its clock by the answer: the next try is signed with the right time.
  if ($metadata?.clockSkewCorrected) return { kind: 'transient', what: name, answered };
  const problem = setupProblem(name, message);
  if (problem !== undefined) return { kind: 'setup', problem };
  if (status === 501) return { kind: 'unsupported', name };
  if (TRANSIENT.test(name)) {
    const what = name === 'AbortError' ? 'no answer in time' : (code ?? name);
    return { kind: 'transient', what, answered };
  }
  if (status !== undefined && (status >= 500 || status === 429 || status === 408)) {
    return { kind: 'transient', what: `status ${status}`, answered };
  }
  if (status !== undefined) return { kind: 'refused', name, status };
  return code === undefined ? { kind: 'unknown' } : { kind: 'transient', what: code, answered };
}

function setupProblem(name: string, message: string): string | undefined {
  if (NO_CREDENTIALS.has(name)) {
    return 'there are no usable AWS credentials: sign in (aws sso login), or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';
  }
  if (BAD_CREDENTIALS.test(name)) {
    return `AWS does not accept the credentials (${name}): they are wrong or have expired, get new ones`;
  }
  // The SDK gives this one neither a class nor a code.
  if (/^Region (is missing|not accepted)/.test(message)) {
    return 'no AWS region is set: set AWS_REGION, e.g. to eu-central-1';
  }
  return undefined;
}
