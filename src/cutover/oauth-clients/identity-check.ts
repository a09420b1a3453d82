import type { ObservedUser } from '../../cognito/observed-user.ts';
import { metadataToTags } from '../../mirror/metadata.ts';
import type { Pace } from '../../seed/pace.ts';
import { type ListableDirectory, RetryableError } from '../../workos/user-directory.ts';
import type { IdentityReader } from '../../workos/user-identities.ts';
import {
  type Counterparts,
  compareIdentities,
  type Difference,
  type ProfileIdentity,
} from './compare-identities.ts';

/**
 * Who of the federated people has crossed over to WorkOS, and as the same one? People, not profiles:
 * two Cognito profiles of one person are one.
 *
 * `looked` = `crossedOver` + `notYet`; `crossedOver` = `same` + `notComparable` + the people in
 * `different`.
 */
export type CheckResult = {
  looked: number;
  crossedOver: number;
  notYet: number;
  same: number;
  notComparable: number;
  different: (Difference & { workosUserId: string })[];
  /** Not looked at: not in WorkOS (yet); SSO alone, which WorkOS lists no identities of; over the limit. */
  notInWorkos: number;
  ssoOnly: number;
  overLimit: number;
  /** WorkOS did not answer for them. */
  failed: number;
};

export type IdentityCheck = {
  /** Lists WorkOS's users. Before anything else. */
  prepare(onListed: (users: number) => void): Promise<void>;
  /** Users of the pool, each once; those without an identity are passed over. */
  look(users: ObservedUser[]): Promise<void>;
  /** Looks at the people of several profiles. After everything else. */
  finish(): Promise<void>;
  result(): CheckResult;
};

/** Attempts at one person, by whether the answer was an error or something that nobody can read. */
const ATTEMPTS = { error: 8, unusable: 3 };

/**
 * The pace waits for ten minutes where nothing succeeds, which is right for an outage, and not for one
 * last person whom WorkOS cannot answer for.
 */
function withLastAttempt<T>(read: () => Promise<T>): () => Promise<T | 'no_answer'> {
  let attempts = 0;
  return async () => {
    try {
      return await read();
    } catch (error) {
      const status = error instanceof RetryableError ? error.status : undefined;
      // Of these the pace knows better: too many requests, a refused key, no answer at all.
      if (status === undefined || [401, 403, 429].includes(status)) throw error;
      const most = status < 400 ? ATTEMPTS.unusable : ATTEMPTS.error;
      if (++attempts >= most) return 'no_answer';
      throw error;
    }
  };
}

export function createIdentityCheck(options: {
  directory: Pick<ListableDirectory, 'list'> & IdentityReader;
  pace: Pace;
  counterparts: Counterparts;
  /** People to look at. Default all. */
  limit?: number;
  signal: AbortSignal;
}): IdentityCheck {
  const { directory, pace, counterparts, limit = Number.POSITIVE_INFINITY, signal } = options;
  const userIds = new Map<string, string>();
  /** WorkOS users of several profiles, whose identities are gathered first. */
  const shared = new Map<string, ProfileIdentity[]>();
  const result: CheckResult = {
    looked: 0,
    crossedOver: 0,
    notYet: 0,
    same: 0,
    notComparable: 0,
    different: [],
    notInWorkos: 0,
    ssoOnly: 0,
    overLimit: 0,
    failed: 0,
  };
  let begun = 0;

  async function lookAt(workosUserId: string, identities: ProfileIdentity[]): Promise<void> {
    if (identities.every(({ providerName }) => counterparts.get(providerName)?.kind === 'sso')) {
      result.ssoOnly++;
      return;
    }
    if (begun >= limit) {
      result.overLimit++;
      return;
    }
    begun++;
    try {
      const read = withLastAttempt(() => directory.identities(workosUserId, signal));
      const met = await pace.run('read', read);
      if (met === 'no_answer') result.failed++;
      else if (met === undefined) result.notInWorkos++;
      else record(workosUserId, compareIdentities(identities, met, counterparts));
    } catch (error) {
      if (signal.aborted || !(error instanceof RetryableError)) throw error;
      result.failed++;
    }
  }

  function record(workosUserId: string, comparison: ReturnType<typeof compareIdentities>): void {
    result.looked++;
    if (comparison.kind === 'not_yet') {
      result.notYet++;
      return;
    }
    result.crossedOver++;
    switch (comparison.kind) {
      case 'same':
        result.same++;
        break;
      case 'not_comparable':
        result.notComparable++;
        break;
      case 'different':
        result.different.push(...comparison.differences.map((each) => ({ ...each, workosUserId })));
    }
  }

  return {
    async prepare(onListed) {
      let listed = 0;
      let after: string | undefined;
      do {
        const page = await pace.run('read', () => directory.list(after, signal));
        for (const { id, externalId, metadata } of page.users) {
          const { linkedSubs } = metadataToTags(metadata);
          for (const sub of linkedSubs) userIds.set(sub, id);
          if (externalId !== undefined) userIds.set(externalId, id);
          if (linkedSubs.length > 0) shared.set(id, []);
        }
        listed += page.users.length;
        onListed(listed);
        after = page.after;
      } while (after !== undefined);
    },
    async look(users) {
      const reads = users.map(async (user) => {
        if (user.identities.length === 0) return;
        const identities = user.identities.map((each) => ({ ...each, sub: user.sub }));
        const workosUserId = userIds.get(user.sub);
        const gathered = workosUserId === undefined ? undefined : shared.get(workosUserId);
        if (workosUserId === undefined) result.notInWorkos++;
        else if (gathered) gathered.push(...identities);
        else await lookAt(workosUserId, identities);
      });
      await Promise.all(reads);
    },
    async finish() {
      for (const [workosUserId, identities] of shared) {
        if (identities.length > 0) await lookAt(workosUserId, identities);
      }
    },
    result: () => result,
  };
}
