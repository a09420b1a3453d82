import { isSameAddress } from '../../user/address.ts';
import type { ObservedUser } from '../../user/observed-user.ts';
import type { PasswordHash, WorkosUser } from '../../workos/users.ts';
import { tagChange, toUpdate } from './changes.ts';
import type { Decision, FoundUsers } from './decision.ts';
import { hasCrossedOver, isOurs } from './holder.ts';
import {
  authToCarried,
  KEYS,
  type MetadataChanges,
  metadataToTags,
  withoutDeletions,
} from './metadata.ts';
import type { MirrorRules } from './rules.ts';
import { isFederated, needsNewPassword } from './tags.ts';
import { countsAsVerified } from './trust.ts';

/** The WorkOS user as it will be, as far as it matters whose it is. */
type Result = Pick<WorkosUser, 'email' | 'metadata'> & { externalId: string | undefined };

/**
 * Whether the observed user's password may go to WorkOS with this decision (docs/design.md#passwords): only to
 * the person's own WorkOS user, that of a native profile whose address counts as verified, and only until the
 * person has signed in there.
 */
export function mayCarry(
  user: ObservedUser,
  decision: Decision,
  found: FoundUsers,
  rules: MirrorRules,
): boolean {
  const target = found.byExternalId ?? found.byEmail;
  const result = toResult(decision, target);
  if (!result || (target && hasCrossedOver(target))) return false;
  const { unverified, password } = metadataToTags(result.metadata);
  return (
    result.externalId === user.sub &&
    !isFederated(user) &&
    // It is of before an administrator has invalidated it.
    !needsNewPassword(user) &&
    countsAsVerified(user, rules) &&
    isSameAddress(result.email, user.email) &&
    isOurs(result, user) &&
    password &&
    !unverified
  );
}

/** The decision, with the password in the same create or update. The caller has asked {@link mayCarry}. */
export function withPassword(
  user: ObservedUser,
  decision: Decision,
  found: FoundUsers,
  rules: MirrorRules,
  hash: PasswordHash,
): Decision {
  switch (decision.kind) {
    case 'create': {
      const metadata = { ...decision.user.metadata, ...carriedAuth(decision.user.metadata) };
      return { ...decision, user: { ...decision.user, ...hash, metadata } };
    }
    case 'update': {
      const { changes } = decision;
      const target = found.byExternalId ?? found.byEmail;
      const all = { ...target?.metadata, ...changes.metadata };
      const metadata = { ...changes.metadata, ...carriedAuth(all) };
      return { ...decision, changes: { ...changes, ...hash, metadata } };
    }
    case 'unchanged': {
      const own = found.byExternalId;
      if (!own) return decision;
      const tags = { ...metadataToTags(own.metadata), carried: true };
      const changes = { ...hash, ...tagChange(tags, own, rules) };
      const update = toUpdate(user, own, rules, {
        outcome: 'updated',
        changes,
        by: decision.by,
      });
      return update.kind === 'update' ? update : decision;
    }
    default:
      return decision;
  }
}

/**
 * The decision where the user has set a new password that WorkOS does not get: the one that was carried before
 * is overwritten, because a password is often reset after another person has learnt it.
 */
export function withoutFormerPassword(
  user: ObservedUser,
  decision: Decision,
  { byExternalId: own }: FoundUsers,
  rules: MirrorRules,
): Decision {
  if (!own || hasCrossedOver(own)) return decision;
  const before = metadataToTags(own.metadata);
  if (!before.carried) return decision;
  switch (decision.kind) {
    case 'unchanged': {
      const changes = tagChange({ ...before, carried: false }, own, rules);
      return toUpdate(user, own, rules, {
        outcome: 'updated',
        changes,
        by: decision.by,
        cleanUp: 'password',
      });
    }
    case 'update': {
      const metadata = { ...own.metadata, ...decision.changes.metadata };
      const auth = authToCarried(metadata[KEYS.auth] ?? '', false);
      const changes = {
        ...decision.changes,
        metadata: { ...decision.changes.metadata, [KEYS.auth]: auth },
      };
      return { ...decision, changes, cleanUp: decision.cleanUp ?? 'password' };
    }
    default:
      return decision;
  }
}

function toResult(decision: Decision, target: WorkosUser | undefined): Result | undefined {
  switch (decision.kind) {
    case 'create':
      return { externalId: undefined, ...decision.user };
    case 'update': {
      const { changes } = decision;
      return {
        externalId: changes.externalId ?? target?.externalId,
        email: changes.email ?? target?.email ?? '',
        metadata: withoutDeletions({ ...target?.metadata, ...changes.metadata }),
      };
    }
    case 'unchanged':
      return target && { ...target, externalId: target.externalId };
    default:
      return undefined;
  }
}

/** The value of `cognito_auth` with the tag. @param metadata as they will be. */
function carriedAuth(metadata: MetadataChanges) {
  return { [KEYS.auth]: authToCarried(metadata[KEYS.auth] ?? '', true) };
}
