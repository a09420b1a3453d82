import * as v from 'valibot';
import {
  type Refusal,
  RefusedError,
  RetryableError,
  type WorkosUser,
  type WriteResult,
} from './users.ts';

/** WorkOS's answer to one request; whatever may succeed later is thrown as RetryableError instead. */
export type WorkosAnswer<T> =
  | { kind: 'ok'; value: T }
  | { kind: 'not_found' }
  | { kind: 'refused'; refusal: Refusal };

/** The fields that the mirror needs of a WorkOS user; others are ignored. */
const userSchema = v.object({
  id: v.string(),
  email: v.string(),
  emailVerified: v.boolean(),
  firstName: v.nullish(v.string()),
  lastName: v.nullish(v.string()),
  externalId: v.nullish(v.string()),
  metadata: v.nullish(v.record(v.string(), v.string())),
  lastSignInAt: v.nullish(v.string()),
});

/**
 * A user as the SDK gives one → a WorkosUser. Null and empty fields become absent ones.
 *
 * @throws RetryableError when documented fields are missing.
 */
export function toWorkosUser(value: unknown): WorkosUser {
  const parsed = v.safeParse(userSchema, value);
  if (!parsed.success) throw undocumented('a user without the documented fields');
  const { firstName, lastName, externalId, metadata, lastSignInAt, ...rest } = parsed.output;
  return {
    ...rest,
    ...(firstName && { firstName }),
    ...(lastName && { lastName }),
    ...(externalId && { externalId }),
    ...(lastSignInAt && { lastSignInAt }),
    metadata: metadata ?? {},
  };
}

/** The answer to a create or an update; a user that is gone by then counts as changed meanwhile. */
export function toWriteResult(answer: WorkosAnswer<unknown>): WriteResult {
  switch (answer.kind) {
    case 'ok':
      return { kind: 'written', user: toWorkosUser(answer.value) };
    case 'refused':
      return answer;
    case 'not_found':
      return {
        kind: 'refused',
        refusal: { because: 'changed_meanwhile', code: 'entity_not_found' },
      };
  }
}

/**
 * The value of an answer that has to have one.
 *
 * @throws RefusedError when WorkOS refuses the request, RetryableError on a 404.
 */
export function expectOk<T>(answer: WorkosAnswer<T>): T {
  if (answer.kind === 'ok') return answer.value;
  if (answer.kind === 'refused') throw new RefusedError(answer.refusal.code);
  throw undocumented('not found');
}

/** An answer that WorkOS's documentation does not describe: worth another try. */
export function undocumented(what: string): RetryableError {
  return new RetryableError(
    `WorkOS gave an answer that its documentation does not describe: ${what}`,
  );
}
