import { isSameAddress } from '../user/address.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { WorkosUser, WorkosUsers } from '../workos/users.ts';
import type { FoundUsers } from './decide/decision.ts';
import { isLinkedTo } from './decide/metadata.ts';
import type { RoundOptions } from './round-result.ts';

/** Finds the WorkOS users that an observed user could be (docs/design.md#finding). */
type UserFinder = {
  /**
   * Without a hint only the external id is looked up: for a new user the create itself shows whether the
   * email is free, which saves a request. With a hint the email is looked up first.
   *
   * @returns `near`: WorkOS refuses the email because of a user whose address differs in characters
   *   outside ASCII.
   */
  find(
    user: ObservedUser,
    options: Pick<RoundOptions, 'hint' | 'signal'>,
  ): Promise<FoundUsers | { near: WorkosUser }>;
  /** Reads a WorkOS user again; undefined when it is no longer one that the observed user could be. */
  reread(
    user: ObservedUser,
    workosUserId: string,
    signal: AbortSignal | undefined,
  ): Promise<FoundUsers | undefined>;
};

/** Each lookup is one request, or two where the hint did not help. */
export function createUserFinder(
  workosUsers: Pick<WorkosUsers, 'get' | 'findByEmail' | 'findByExternalId'>,
): UserFinder {
  return {
    async find(user, { hint, signal }) {
      const answer =
        hint === 'none' || user.email === undefined
          ? ({ kind: 'none' } as const)
          : await workosUsers.findByEmail(user.email, signal);
      if (answer.kind === 'near' && hint === 'email_taken') return { near: answer.user };
      const byEmail = answer.kind === 'found' ? answer.user : undefined;
      if (byEmail?.externalId === user.sub) return { byExternalId: byEmail };
      if (byEmail && (hint === 'email_taken' || isLinkedTo(byEmail, user.sub))) return { byEmail };
      const byExternalId = await workosUsers.findByExternalId(user.sub, signal);
      if (byExternalId) return { byExternalId };
      return byEmail ? { byEmail } : {};
    },
    async reread(user, workosUserId, signal) {
      const now = await workosUsers.get(workosUserId, signal);
      if (now?.externalId === user.sub) return { byExternalId: now };
      return now && isSameAddress(now.email, user.email) ? { byEmail: now } : undefined;
    },
  };
}
