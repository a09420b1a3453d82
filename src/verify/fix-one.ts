import type { ObservedUser } from '../user/observed-user.ts';
import type { VerifyContext } from './context.ts';

/**
 * Mirrors one listed user as it is now, and notes in the comparison what WorkOS refuses. A user deleted
 * in Cognito since the listing is left out.
 *
 * @returns whether something was written.
 */
export async function fixOne(
  listed: ObservedUser,
  { comparison, bulkMirror, abort }: VerifyContext,
): Promise<boolean> {
  try {
    const user = await bulkMirror.reread(listed);
    if (!user) return false;
    const { outcome, reason } = await bulkMirror.mirror(user);
    if (outcome === 'created' || outcome === 'linked' || outcome === 'updated') return true;
    if (reason !== undefined) comparison.findings.noteRefusal(user.sub, reason);
    return false;
  } catch (error) {
    if (!abort.aborted) throw error;
    return false;
  }
}
