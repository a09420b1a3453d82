import type { ObservedUser } from '../cognito/observed-user.ts';
import {
  type ConflictReason,
  type Decision,
  decide,
  type SkipReason,
  skipReason,
} from '../mirror/decide.ts';
import { KEYS } from '../mirror/metadata.ts';
import type { MirrorRules } from '../mirror/rules.ts';
import type { DirectoryUser, UserChanges } from '../workos/user-directory.ts';

/** The WorkOS users with this sub as external id, and with this email; both are looked up. */
export type Seen = {
  byExternalId?: DirectoryUser | undefined;
  byEmail?: DirectoryUser | undefined;
};

/**
 * What the mirror would do about one Cognito user, as a finding. `inSync` and `skipped` are what it
 * leaves alone.
 *
 * - `skipped`: `workosUserId` where WorkOS has the user all the same.
 * - `newerInWorkos`: only of an observation that is not of now: what it says is not known any more.
 * - `stale`: `fields` as WorkOS's API names them, `metadata.` before a key of ours. `takesOver`: the
 *   WorkOS user would get this sub as its external id. `stampedLater`: it carries a
 *   `cognito_synced_at` after the observation, so that the mirror would not write.
 * - `of`: the WorkOS user that this profile belongs to, or that stands in its way.
 */
export type Verdict =
  | { kind: 'skipped'; reason: SkipReason; of?: DirectoryUser }
  | { kind: 'inSync' | 'newerInWorkos'; of: DirectoryUser }
  | { kind: 'missing' }
  | {
      kind: 'stale';
      of: DirectoryUser;
      fields: string[];
      takesOver: boolean;
      stampedLater: boolean;
    }
  | { kind: 'conflict'; reason: ConflictReason; of: DirectoryUser };

export type FindingVerdict = Extract<Verdict, { kind: 'missing' | 'stale' | 'conflict' }>;

/** Whether both sides do not agree about this user. */
export function isFinding(verdict: Verdict): verdict is FindingVerdict {
  return verdict.kind === 'missing' || verdict.kind === 'stale' || verdict.kind === 'conflict';
}

/**
 * One Cognito user and the WorkOS users it could be → what the mirror would do, by the mirror's own
 * rules (`src/mirror/decide.ts`).
 *
 * @param isLive the observation is of now. Then a WorkOS user who was synced later still has to agree:
 *   only clocks that differ, or somebody's own hand, can have made the stamp.
 */
export function compareUser(
  user: ObservedUser,
  seen: Seen,
  rules: MirrorRules,
  isLive: boolean,
): Verdict {
  const { byExternalId, byEmail } = seen;
  const reason = skipReason(user);
  if (reason !== undefined) {
    return { kind: 'skipped', reason, ...(byExternalId && { of: byExternalId }) };
  }
  const found = byExternalId ? { byExternalId } : byEmail ? { byEmail } : {};
  const target = byExternalId ?? byEmail;
  const decision = decide(user, found, rules);
  if (!target) return { kind: 'missing' };
  if (decision.kind !== 'stale') return toVerdict(decision, target, byEmail, false);
  if (!isLive) return { kind: 'newerInWorkos', of: target };
  const observedAt = target.metadata[KEYS.syncedAt] ?? user.observedAt;
  return toVerdict(decide({ ...user, observedAt }, found, rules), target, byEmail, true);
}

function toVerdict(
  decision: Decision,
  target: DirectoryUser,
  byEmail: DirectoryUser | undefined,
  stampedLater: boolean,
): Verdict {
  switch (decision.kind) {
    case 'create':
      return { kind: 'missing' };
    case 'unchanged':
    case 'stale':
      return { kind: 'inSync', of: target };
    case 'conflict':
      return { kind: 'conflict', reason: decision.reason, of: target };
    case 'update': {
      const { changes } = decision;
      // WorkOS would refuse it: emails are unique (FACTS, WorkOS).
      if (changes.email !== undefined && byEmail && byEmail.id !== target.id) {
        return { kind: 'conflict', reason: 'email_taken', of: byEmail };
      }
      const takesOver = changes.externalId !== undefined;
      const fields = changesToFields(changes, target);
      return { kind: 'stale', of: target, fields, takesOver, stampedLater };
    }
  }
}

const FIELDS = {
  email: 'email',
  emailVerified: 'email_verified',
  firstName: 'first_name',
  lastName: 'last_name',
  externalId: 'external_id',
} as const;

/** What is sent along with a change but is there already does not differ. */
function changesToFields(changes: UserChanges, target: DirectoryUser): string[] {
  const { metadata = {}, ...rest } = changes;
  const fields = Object.entries(FIELDS).filter(([field]) => field in rest);
  const differing = fields.filter(
    ([field]) => !(field === 'emailVerified' && target.emailVerified),
  );
  const keys = Object.keys(metadata).filter((key) => key !== KEYS.syncedAt);
  return [...differing.map(([, name]) => name), ...keys.map((key) => `metadata.${key}`)];
}
