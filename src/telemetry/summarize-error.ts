import * as v from 'valibot';

/** The part of an error that may be logged: its name, code and ids. Its message may quote a payload. */
export type ErrorSummary = { name: string; code?: string; status?: number; requestId?: string };

const errorSchema = v.object({
  name: v.optional(v.string(), 'Error'),
  code: v.optional(v.unknown()),
  $metadata: v.optional(
    v.object({
      httpStatusCode: v.optional(v.number()),
      requestId: v.optional(v.string()),
    }),
  ),
});

/** Any thrown value → its summary. AWS SDK errors keep their HTTP status and request id. */
export function summarizeError(error: unknown): ErrorSummary {
  const parsed = v.safeParse(errorSchema, error);
  if (!parsed.success) return { name: 'UnknownError' };
  const { name, code, $metadata } = parsed.output;
  return {
    name,
    ...(typeof code === 'string' && { code }),
    ...($metadata?.httpStatusCode !== undefined && { status: $metadata.httpStatusCode }),
    ...($metadata?.requestId !== undefined && { requestId: $metadata.requestId }),
  };
}

/** The frames of an error's stack, without its message, which may quote a payload. */
export function toFrames(error: unknown): string[] {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return stack
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '));
}
