import type { VerifyContext } from './context.ts';
import { forEachItem, recheckLimit } from './recheck-limit.ts';

/**
 * Rechecks every orphan: the user may have signed up in Cognito while it was listed, or be gone from
 * WorkOS.
 *
 * @returns how many were not rechecked, because they are too many.
 */
export async function recheckOrphans(context: VerifyContext): Promise<number> {
  const { comparison, stop, onNotice } = context;
  const { orphans } = comparison;
  const count = orphans.size();
  if (count > recheckLimit(comparison)) {
    onNotice?.(`${count} WorkOS users are not in Cognito: too many to recheck each`);
    return count;
  }
  await forEachItem(orphans.all(), stop, async ({ id, externalId }) => {
    if (!(await isStillOrphan(id, externalId, context))) orphans.remove(id);
  });
  return 0;
}

async function isStillOrphan(
  id: string,
  externalId: string | undefined,
  { source, workosUsers, comparison, abort, onNotice }: VerifyContext,
): Promise<boolean> {
  try {
    const now = await workosUsers.get(id, abort);
    if (!now) {
      comparison.index.remove(id);
      return false;
    }
    if (now.externalId !== externalId) {
      comparison.index.put(now);
      return now.externalId === undefined || !comparison.orphans.isInCognito(now.externalId);
    }
    if (externalId === undefined) return true;
    const found = await source.find(externalId, abort);
    return found === undefined || found === 'unknown';
  } catch (error) {
    if (abort.aborted) throw error;
    onNotice?.(`the WorkOS user ${id} could not be rechecked`);
    return true;
  }
}
