import type { ShownUser } from './shown.ts';

/** What an outcome took of WorkOS; `reads` and `writes` are undefined where they cannot be told from another's. */
type OutcomeCost = {
  reads: number | undefined;
  writes: number | undefined;
  user: ShownUser | undefined;
};

/**
 * Which requests to WorkOS belong to which outcome. The consumer works on several users at once, in one batch and in
 * several, and its requests do not say for whom: then they are counted for none of them.
 */
export function createConsumerWork() {
  const underWay = new Set<string>();
  /** Those of the last answers, by their ids. */
  const users = new Map<string, ShownUser>();
  let counts = { reads: 0, writes: 0 };
  let isShared = false;
  let last: ShownUser | undefined;

  return {
    /** @param messages of an invocation: the id and the group of each. */
    begin(messages: [messageId: string, groupId: string | undefined][]): void {
      if (underWay.size === 0) {
        users.clear();
        counts = { reads: 0, writes: 0 };
        last = undefined;
        isShared = false;
      }
      isShared ||= underWay.size > 0 || new Set(messages.map(([, group]) => group)).size > 1;
      for (const [id] of messages) underWay.add(id);
    },
    /** @param user in the answer, if there is one. */
    addRequest(isWrite: boolean, user: ShownUser | undefined): void {
      counts[isWrite ? 'writes' : 'reads']++;
      if (!user) return;
      users.set(user.id, user);
      last = user;
    },
    /** The outcome of this sub is known. */
    settle(sub: string): OutcomeCost {
      const own = [...users.values()].find(
        ({ externalId, linked }) => externalId === sub || linked.includes(sub),
      );
      const user = own ?? (isShared ? undefined : last);
      const { reads, writes } = isShared ? { reads: undefined, writes: undefined } : counts;
      counts = { reads: 0, writes: 0 };
      last = undefined;
      if (own) users.delete(own.id);
      return { reads, writes, user };
    },
    /** The invocation with these messages is over. */
    end(messageIds: string[]): void {
      for (const id of messageIds) underWay.delete(id);
    },
  };
}
