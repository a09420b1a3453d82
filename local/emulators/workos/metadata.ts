import { refusal } from './answers.ts';
import type { Answer } from './api-types.ts';

type Metadata = Record<string, string>;

/**
 * https://workos.com/docs/authkit/metadata: an update merges key by key, null deletes a key, `{}`
 * deletes all. A null in place of the object is in the spec, unexplained: read as `{}`, the worse.
 */
export function mergeMetadata(
  current: Metadata,
  change: Record<string, string | null> | null | undefined,
): Metadata {
  if (change === undefined) return current;
  if (change === null || Object.keys(change).length === 0) return {};
  const merged = { ...current };
  for (const [key, value] of Object.entries(change)) {
    if (value === null) delete merged[key];
    else merged[key] = value;
  }
  return merged;
}

/** https://workos.com/docs/authkit/metadata: 10 keys of 40 characters, values of 600, ASCII only. */
export function metadataProblem(metadata: Metadata): Answer | undefined {
  const entries = Object.entries(metadata);
  const broken =
    entries.length > 10 ||
    entries.some(([key, value]) => key.length > 40 || value.length > 600 || !isAscii(key + value));
  if (!broken) return undefined;
  const rules = 'At most 10 ASCII pairs: keys of 40 characters, values of 600.';
  return refusal(400, 'invalid_metadata', rules);
}

function isAscii(text: string): boolean {
  return !/\P{ASCII}/u.test(text);
}
