import type { RequestScheduler } from '../bulk/request-scheduler.ts';
import { metadataToTags } from '../mirror/decide/metadata.ts';
import type { WorkosUserPage } from '../workos/users.ts';

/** The users of WorkOS by the Cognito profiles that they are. */
export type WorkosUserIds = {
  /** Cognito sub → WorkOS user. */
  userIds: ReadonlyMap<string, string>;
  /** WorkOS users of several profiles. */
  shared: ReadonlySet<string>;
};

/** Lists all users, a hundred a request. */
export async function listWorkosUserIds(
  list: (after?: string) => Promise<WorkosUserPage>,
  scheduler: RequestScheduler,
  onListed: (users: number) => void,
): Promise<WorkosUserIds> {
  const userIds = new Map<string, string>();
  const shared = new Set<string>();
  let listed = 0;
  let after: string | undefined;
  do {
    const page = await scheduler.run('read', () => list(after));
    for (const { id, externalId, metadata } of page.users) {
      const { linkedSubs } = metadataToTags(metadata);
      for (const sub of linkedSubs) userIds.set(sub, id);
      if (externalId !== undefined) userIds.set(externalId, id);
      if (linkedSubs.length > 0) shared.add(id);
    }
    listed += page.users.length;
    onListed(listed);
    after = page.after;
  } while (after !== undefined);
  return { userIds, shared };
}
