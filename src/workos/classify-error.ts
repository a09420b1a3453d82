import * as v from 'valibot';
import { type Refusal, RetryableError } from './users.ts';

/** What the transport saw of the last answer to a call; the SDK's errors omit some of it. */
export type LastAnswer = {
  status?: number;
  /** Whether the content type is JSON, as in all of WorkOS's own answers. */
  json?: boolean;
  retryAfter?: string | null;
  requestId?: string | null;
  /** Why no answer came: an error code, or a few words. */
  failure?: string;
};

type ClassifiedError =
  | { kind: 'not_found' }
  | { kind: 'refused'; refusal: Refusal }
  | { kind: 'retryable'; error: RetryableError };

/**
 * The fields that WorkOS's SDK puts on its exceptions: some have the codes at the top, some only in
 * `rawData` (docs/facts.md#workos-sdk).
 */
const codesSchema = v.object({
  code: v.fallback(v.optional(v.string()), undefined),
  errors: v.fallback(v.optional(v.array(v.unknown())), undefined),
});
const thrownSchema = v.object({
  ...codesSchema.entries,
  rawData: v.fallback(v.optional(codesSchema), undefined),
});
const itemSchema = v.union([v.string(), v.object({ code: v.string() })]);
/** The form of WorkOS's codes. Anything else is a sentence, which may quote personal data. */
const CODE = /^[A-Za-z0-9_.-]{1,64}$/;

const REFUSALS: Record<string, Refusal['because']> = {
  email_not_available: 'email_taken',
  // From WorkOS's emulators, with status 409 (docs/facts.md#workos-errors).
  user_already_exists: 'email_taken',
  external_id_already_used: 'external_id_taken',
  email_change_not_allowed: 'email_locked',
  // The address was verified between the read and the write.
  email_already_verified: 'changed_meanwhile',
};

/**
 * An error thrown by the SDK, and what the transport saw → what it means (docs/design.md#errors). Decided by
 * HTTP status and WorkOS's codes, never by message or class. Whatever WorkOS did not clearly refuse is
 * retryable.
 *
 * @param context.isAboutUser whether a 403 is about this request only, and not about the key. Default false.
 * @param context.address of WorkOS's API, like `https://api.workos.com:443`.
 */
export function classifyError(
  thrown: unknown,
  answer: LastAnswer,
  { isAboutUser = false, address }: { isAboutUser?: boolean; address?: string } = {},
): ClassifiedError {
  const status = answer.status;
  if (status === 404) return { kind: 'not_found' };
  if (status === 400 || status === 409 || status === 422 || (status === 403 && isAboutUser)) {
    // An answer that is not JSON comes from a proxy, not from WorkOS.
    if (answer.json) return { kind: 'refused', refusal: toRefusal(codesOf(thrown), status) };
  }
  return { kind: 'retryable', error: toRetryable(thrown, answer, address) };
}

function codesOf(thrown: unknown): string[] {
  const parsed = v.safeParse(thrownSchema, thrown);
  if (!parsed.success) return [];
  const { code, errors, rawData } = parsed.output;
  const items = [...(errors ?? []), ...(rawData?.errors ?? [])].flatMap((item) => {
    const known = v.safeParse(itemSchema, item);
    if (!known.success) return [];
    return typeof known.output === 'string' ? [known.output] : [known.output.code];
  });
  // The items are more precise than the code above them, such as user_creation_error.
  const all = [...items, code, rawData?.code];
  return all.filter((each): each is string => each !== undefined && CODE.test(each));
}

function toRefusal(codes: string[], status: number): Refusal {
  const known = codes.find((code) => Object.hasOwn(REFUSALS, code));
  const because = known === undefined ? undefined : REFUSALS[known];
  const code = known ?? codes[0] ?? `status_${status}`;
  return { because: because ?? 'invalid', code };
}

function toRetryable(
  cause: unknown,
  answer: LastAnswer,
  address: string | undefined,
): RetryableError {
  const { status } = answer;
  return new RetryableError(explain(answer), {
    cause,
    ...(!answer.json && { unreached: { address, why: whyUnreached(answer) } }),
    status,
    requestId: answer.requestId ?? undefined,
    retryAfterSeconds: parseRetryAfter(answer.retryAfter),
  });
}

/** An answer that is not JSON comes from a proxy, or from a server that is not WorkOS. */
function whyUnreached({ status, failure = 'no answer' }: LastAnswer): string {
  return status === undefined
    ? failure
    : `an answer that is not WorkOS's: status ${status}, no JSON`;
}

function explain({ status, json }: LastAnswer): string {
  if (status === undefined) return 'WorkOS did not answer';
  if (json && (status === 401 || status === 403)) {
    return `WorkOS refused the API key (${status}): check that it belongs to this environment and may manage users`;
  }
  if (status === 429) return 'WorkOS asked to slow down (429)';
  return `WorkOS gave no usable answer (status ${status})`;
}

/** The seconds of a `Retry-After` header in either form (RFC 9110, 10.2.3); undefined where there is none. */
export function parseRetryAfter(header: string | null | undefined): number | undefined {
  const text = header?.trim();
  if (!text) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - Date.now()) / 1000));
}
