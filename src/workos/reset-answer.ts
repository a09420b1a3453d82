import * as v from 'valibot';
import { type LastAnswer, parseRetryAfter } from './classify-error.ts';

/**
 * What became of one request for a password-reset mail (OpenAPI, create a password reset token).
 *
 * - `sent`: WorkOS has accepted it. `userId` is the user that it was for.
 * - `in_doubt`: the request was sent and its result is not known: the mail may have been sent.
 * - all others: certainly no mail. `rate_limited` and `not_sent` can be tried again, `quota_used_up` another
 *   day; `not_allowed`, `gone` and `refused` concern this user, the last two all users.
 */
export type ResetAnswer =
  | { kind: 'sent'; userId: string }
  | { kind: 'in_doubt'; reason: string }
  | { kind: 'rate_limited'; retryAfterSeconds: number | undefined }
  | { kind: 'not_sent'; reason: string }
  | { kind: 'quota_used_up'; retryAfterSeconds: number | undefined }
  | { kind: 'not_allowed'; code: string }
  | { kind: 'gone' }
  | { kind: 'refused'; code: string }
  | { kind: 'password_sign_in_off' }
  | { kind: 'key_refused' };

const sentSchema = v.object({ userId: v.pipe(v.string(), v.nonEmpty()) });

/** The SDK's result and what the transport saw → the answer. Decided by status and code, never by message. */
export function toResetAnswer(
  result: PromiseSettledResult<unknown>,
  { status, json, retryAfter, code }: LastAnswer & { code?: string },
): ResetAnswer {
  if (result.status === 'fulfilled') {
    const parsed = v.safeParse(sentSchema, result.value);
    if (parsed.success) return { kind: 'sent', userId: parsed.output.userId };
    return { kind: 'in_doubt', reason: 'unreadable_answer' };
  }
  if (status === undefined) {
    const reason = neverLeft(result.reason);
    if (reason !== undefined) return { kind: 'not_sent', reason };
    return { kind: 'in_doubt', reason: 'no_answer' };
  }
  if (status === 429) {
    const retryAfterSeconds = parseRetryAfter(retryAfter);
    const isQuota = code === 'daily_quota_exceeded';
    return { kind: isQuota ? 'quota_used_up' : 'rate_limited', retryAfterSeconds };
  }
  // A refusal counts only if WorkOS itself answered: a proxy may have forwarded the request before.
  const isRefusal = json === true && status >= 400 && status < 500 && status !== 408;
  if (isRefusal) return toRefusal(status, code);
  return { kind: 'in_doubt', reason: status < 300 ? 'unreadable_answer' : `status_${status}` };
}

function toRefusal(status: number, code: string | undefined): ResetAnswer {
  if (code === 'email_password_auth_disabled') return { kind: 'password_sign_in_off' };
  if (code === 'password_reset_not_allowed') return { kind: 'not_allowed', code };
  if (status === 401 || status === 403) return { kind: 'key_refused' };
  if (status === 404) return { kind: 'gone' };
  return { kind: 'refused', code: code ?? `status_${status}` };
}

const networkErrorSchema = v.object({
  code: v.fallback(v.optional(v.string()), undefined),
  syscall: v.fallback(v.optional(v.string()), undefined),
  cause: v.optional(v.unknown()),
  errors: v.fallback(v.optional(v.array(v.unknown())), undefined),
});

/**
 * Node's names of the calls that fail before a connection exists; a request is only written to a connection.
 */
const CONNECTING = new Set(['connect', 'getaddrinfo']);
const CAUSES = 5;

/** Why the request certainly did not leave this machine, if that is so. */
function neverLeft(error: unknown, depth = CAUSES): string | undefined {
  const parsed = v.safeParse(networkErrorSchema, error);
  if (!parsed.success || depth === 0) return undefined;
  const { code, syscall, cause, errors } = parsed.output;
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return code;
  if (syscall !== undefined && CONNECTING.has(syscall)) return code ?? syscall;
  // One for each address that was tried.
  const reasons = (errors ?? []).map((each) => neverLeft(each, depth - 1));
  if (reasons.length > 0 && reasons.every((reason) => reason !== undefined)) return reasons[0];
  return neverLeft(cause, depth - 1);
}
