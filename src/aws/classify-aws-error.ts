import * as v from 'valibot';

/**
 * What an error of an AWS call means, whichever service was asked:
 *
 * - `denied`: the credentials are good, but do not allow the action.
 * - `setup`: no call will succeed before `problem` is mended.
 * - `transient`: worth another try; `what` names it.
 * - `unsupported`: what answers at this address does not know the action (an emulator).
 * - `refused`: any other answer, by the service's own name for it.
 * - `unknown`: not an error of the API or of the way to it.
 */
export type AwsFailure =
  | { kind: 'denied' }
  | { kind: 'setup'; problem: string }
  | { kind: 'transient'; what: string }
  | { kind: 'unsupported' }
  | { kind: 'refused'; name: string }
  | { kind: 'unknown' };

const errorSchema = v.object({
  name: v.string(),
  message: v.optional(v.string(), ''),
  code: v.fallback(v.optional(v.string()), undefined),
  $metadata: v.optional(v.object({ httpStatusCode: v.optional(v.number()) })),
});

/** The services' spellings (each one's API reference, Common Error Types). */
const DENIED = /^(AccessDenied|AccessDeniedException|NotAuthorizedException|AuthorizationError)$/;
const NO_CREDENTIALS = new Set(['CredentialsProviderError', 'TokenProviderError']);
const BAD_CREDENTIALS =
  /^(ExpiredToken|UnrecognizedClient|InvalidSignature|IncompleteSignature|InvalidClientTokenId|InvalidAccessKeyId|MissingAuthenticationToken|SignatureDoesNotMatch)(Exception)?$/;
const TRANSIENT =
  /^(Throttling|ThrottlingException|RequestThrottled|RequestLimitExceeded|TooManyRequestsException|LimitExceededException|ServiceUnavailable|ServiceFailure|InternalError|InternalFailure|InternalServerError|TimeoutError|AbortError|SyntaxError)$/;
const UNSUPPORTED =
  /^(UnknownOperation|UnknownOperationException|UnsupportedOperation|InvalidAction|NotImplemented|NotImplementedError|MissingAction)$/;

/** Any thrown value → what it means. Told apart by name and HTTP status, never by the message. */
export function classifyAwsError(error: unknown): AwsFailure {
  const parsed = v.safeParse(errorSchema, error);
  if (!parsed.success) return { kind: 'unknown' };
  const { name, message, code, $metadata } = parsed.output;
  const status = $metadata?.httpStatusCode;

  const setup = setupProblem(name, message);
  if (setup !== undefined) return { kind: 'setup', problem: setup };
  if (DENIED.test(name)) return { kind: 'denied' };
  if (status === 501 || UNSUPPORTED.test(name)) return { kind: 'unsupported' };
  if (TRANSIENT.test(name)) {
    return {
      kind: 'transient',
      what: name === 'AbortError' ? 'no answer in time' : (code ?? name),
    };
  }
  if (status !== undefined && (status >= 500 || status === 429 || status === 408)) {
    return { kind: 'transient', what: `status ${status}` };
  }
  if (status !== undefined) return { kind: 'refused', name };
  return code === undefined ? { kind: 'unknown' } : { kind: 'transient', what: code };
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
