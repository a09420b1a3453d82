import { expectOk } from './answer.ts';
import { createSendRequest, type SendRequestDependencies } from './send-request.ts';

/** A user with every field that the SDK gives, those included that the mirror does not know. */
export type WholeUser = Readonly<Record<string, unknown>>;

/** @returns undefined where no user has the id. */
export type ReadWholeUser = (id: string, signal?: AbortSignal) => Promise<WholeUser | undefined>;

/** For comparing a user with what it was before, field by field. */
export function createReadWholeUser(dependencies: SendRequestDependencies): ReadWholeUser {
  const request = createSendRequest(dependencies);
  return async (id, signal) => {
    const answer = await request('read', signal, (users) => users.getUser(id));
    return answer.kind === 'not_found' ? undefined : { ...expectOk(answer) };
  };
}
