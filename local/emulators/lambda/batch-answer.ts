/**
 * The ids of a batch that are left in the queue after the function gave this answer.
 *
 * As AWS documents it ("Handling errors for an SQS event source in Lambda", success and failure
 * conditions): null, `{}` and a null or empty `batchItemFailures` are a complete success; an
 * answer of another shape, or one item without an id of this batch, is a complete failure.
 */
export function failedMessageIds(answer: unknown, ids: readonly string[]): Set<string> {
  if (answer === null || answer === undefined) return new Set();
  if (typeof answer !== 'object' || Array.isArray(answer)) return new Set(ids);
  const failures = 'batchItemFailures' in answer ? answer.batchItemFailures : null;
  if (failures === null || failures === undefined) return new Set();
  if (!Array.isArray(failures)) return new Set(ids);
  const named = failures.map((failure) => failure?.itemIdentifier);
  return named.every((id) => ids.includes(id)) ? new Set(named) : new Set(ids);
}
