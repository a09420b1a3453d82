import type { RequestScheduler } from '../bulk/request-scheduler.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { IdentityReader } from '../workos/user-identities.ts';
import { type ListableWorkosUsers, RetryableError } from '../workos/users.ts';
import {
  type Counterparts,
  compareIdentities,
  type IdentityDifference,
  type ProfileIdentity,
} from './compare-identities.ts';
import { withLastAttempt } from './last-attempt.ts';
import { listWorkosUserIds, type WorkosUserIds } from './workos-user-ids.ts';

/**
 * Which federated users have signed in at WorkOS, and is each the same person there? People, not profiles:
 * two Cognito profiles of one person are one.
 *
 * `looked` = `crossedOver` + `notYet`; `crossedOver` = `same` + `notComparable` + the people in
 * `different`.
 */
export type IdentityCheckResult = {
  looked: number;
  crossedOver: number;
  notYet: number;
  same: number;
  notComparable: number;
  different: (IdentityDifference & { workosUserId: string })[];
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
  result(): IdentityCheckResult;
};

export function createIdentityCheck(options: {
  workosUsers: Pick<ListableWorkosUsers, 'list'> & IdentityReader;
  scheduler: RequestScheduler;
  counterparts: Counterparts;
  /** People to look at. Default all. */
  limit?: number;
  signal: AbortSignal;
}): IdentityCheck {
  const {
    workosUsers,
    scheduler,
    counterparts,
    limit = Number.POSITIVE_INFINITY,
    signal,
  } = options;
  let people: WorkosUserIds = { userIds: new Map(), shared: new Set() };
  /** Of people with several profiles: looked at when all are read. */
  const gathered = new Map<string, ProfileIdentity[]>();
  const result: IdentityCheckResult = {
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
      const read = withLastAttempt(() => workosUsers.identities(workosUserId, signal));
      const met = await scheduler.run('read', read);
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
      people = await listWorkosUserIds(
        (after) => workosUsers.list(after, signal),
        scheduler,
        onListed,
      );
    },
    async look(users) {
      const reads = users.map(async (user) => {
        if (user.identities.length === 0) return;
        const identities = user.identities.map((each) => ({ ...each, sub: user.sub }));
        const workosUserId = people.userIds.get(user.sub);
        if (workosUserId === undefined) {
          result.notInWorkos++;
        } else if (people.shared.has(workosUserId)) {
          const others = gathered.get(workosUserId) ?? [];
          gathered.set(workosUserId, [...others, ...identities]);
        } else {
          await lookAt(workosUserId, identities);
        }
      });
      await Promise.all(reads);
    },
    async finish() {
      const all = [...gathered];
      await Promise.all(all.map(([workosUserId, identities]) => lookAt(workosUserId, identities)));
    },
    result: () => result,
  };
}
