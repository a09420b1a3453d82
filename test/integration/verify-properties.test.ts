import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRequestScheduler } from '../../src/bulk/request-scheduler.ts';
import type { UserSource } from '../../src/cognito/user-source.ts';
import { withoutBulkLedger } from '../../src/ledger/bulk-ledger.ts';
import { createMirror } from '../../src/mirror/mirror.ts';
import { sumOf } from '../../src/page/format.ts';
import { toCounts } from '../../src/readiness/comparison-to-facts.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { createComparison } from '../../src/verify/comparison.ts';
import { verify } from '../../src/verify/verify.ts';
import { at, googleIdentity } from '../fixtures/factories.ts';
import { type MirrorOnWorkos, startMirrorOnWorkos } from '../rigs/mirror-on-workos.ts';
import { workosUsersOn } from '../rigs/workos-users-on.ts';

// Each run has a pool and WorkOS users of its own on one stand-in.
let setting: MirrorOnWorkos;
let runs = 0;
beforeAll(async () => {
  setting = await startMirrorOnWorkos();
});
afterAll(() => setting.close());

const PEOPLE = ['ada', 'Ada', 'grace'] as const;
const SUBS = [1, 2, 3, 4].map((n) => `aaaaaaaa-0000-4000-8000-00000000000${n}`);
const name = fc.constantFrom(undefined, 'Ada', 'Åsa');

const profile = fc.record({
  sub: fc.constantFrom(...SUBS),
  person: fc.option(fc.constantFrom(...PEOPLE), { freq: 9 }),
  emailVerified: fc.boolean(),
  status: fc.constantFrom('CONFIRMED', 'CONFIRMED', 'EXTERNAL_PROVIDER', 'UNCONFIRMED'),
  enabled: fc.constantFrom(true, true, true, false),
  isLinked: fc.boolean(),
  givenName: name,
  familyName: name,
});
const profiles = fc.uniqueArray(profile, { maxLength: 4, selector: ({ sub }) => sub });

const existing = fc.record({
  person: fc.constantFrom('ada', 'grace', 'customer'),
  emailVerified: fc.boolean(),
  externalId: fc.constantFrom(undefined, 'customer-1', ...SUBS),
  firstName: name,
  pool: fc.constantFrom('ours', 'ours', 'other', undefined),
  auth: fc.constantFrom('password', 'federated', 'password+federated', 'nonsense', undefined),
  providers: fc.constantFrom('Google', undefined),
  linkedSubs: fc.subarray(SUBS, { maxLength: 2 }),
  syncedAt: fc.constantFrom(at(0), 'yesterday', undefined),
});
const directory = fc.uniqueArray(existing, { maxLength: 3, selector: ({ person }) => person });

type Value<T> = T extends fc.Arbitrary<infer V> ? V : never;
type Profile = Value<typeof profile>;
type Existing = Value<typeof existing>;

describe('verify, for any users on both sides', () => {
  it('reports numbers that add up from the Cognito profiles to the WorkOS users, and from the people to the mails', async () => {
    const property = fc.asyncProperty(
      profiles,
      directory,
      fc.boolean(),
      async (all, there, fix) => {
        const { balance, mails, kinds, counts } = await begin(all, there).verify(fix);
        const { read, skipped, unreadable, secondProfiles, missing, toBeLinked, own } = balance;
        const left = sumOf(skipped) + unreadable + secondProfiles + missing + toBeLinked;
        expect(read).toBe(all.length);
        expect(read - left - balance.inConflict - balance.accepted).toBe(own);
        const { extra, ofGoneProfiles, acceptedExtra, notFromThisPool, listed } = balance;
        expect(own + extra + ofGoneProfiles + acceptedExtra + notFromThisPool).toBe(listed);
        expect(listed).toBe(setting.workos.control.users().length);
        expect({ missing, extra }).toEqual({ missing: counts.missing, extra: counts.extra });
        expect(mails.mailed + sumOf(mails.notMailed)).toBe(mails.people);
        expect(kinds.password + kinds.passwordAndFederated).toBe(mails.people);
      },
    );
    await fc.assert(property, { numRuns: 200 });
  }, 120_000);

  it('reports drift exactly when the mirror would write', async () => {
    let agreeing = 0;
    let drifting = 0;
    const property = fc.asyncProperty(profiles, directory, async (all, there) => {
      const run = begin(all, there);
      const { counts, wrongLinks } = await run.verify();
      const before = snapshot();
      const mirror = run.mirror();
      for (const user of run.users) await mirror(user);
      const isWritten = JSON.stringify(snapshot()) !== JSON.stringify(before);
      if (counts.missing + counts.stale > 0) expect(isWritten).toBe(true);
      // A wrong link is a conflict, and removed all the same.
      if (isWritten) expect(counts.missing + counts.stale + wrongLinks).toBeGreaterThan(0);
      if (isWritten) drifting++;
      else agreeing++;
    });
    await fc.assert(property, { numRuns: 300 });
    expect(agreeing).toBeGreaterThan(20);
    expect(drifting).toBeGreaterThan(20);
  }, 120_000);

  it('leaves nothing missing or stale with --fix, and deletes no user', async () => {
    const property = fc.asyncProperty(profiles, directory, async (all, there) => {
      const run = begin(all, there);
      const before = snapshot().map(({ id }) => id);
      const { counts } = await run.verify(true);
      expect(counts).toMatchObject({ missing: 0, stale: 0 });
      expect(snapshot().map(({ id }) => id)).toEqual(expect.arrayContaining(before));
    });
    await fc.assert(property, { numRuns: 100 });
  }, 120_000);
});

function snapshot() {
  return setting.workos.control.users().map(({ updated_at: _, ...user }) => user);
}

function begin(profiles: Profile[], directory: Existing[]) {
  const run = `run-${runs++}`;
  const userPoolId = `eu-central-1_${run.replace('-', '')}`;
  const emailOf = (person: string) => `${person}@${run}.example`;
  const idOf = (id: string) => `${id.slice(0, -4)}${String(runs).padStart(3, '0')}${id.slice(-1)}`;
  const users = profiles.map((each) => toUser(each, userPoolId, idOf, emailOf));
  const taken = new Set<string>();
  for (const { externalId, ...each } of directory) {
    const isFree = externalId !== undefined && !taken.has(externalId);
    if (isFree) taken.add(externalId);
    setting.workos.control.seedUser({
      email: emailOf(each.person),
      email_verified: each.emailVerified,
      first_name: each.firstName ?? null,
      external_id: isFree ? idOf(externalId) : null,
      metadata: toMetadata(each, userPoolId, idOf),
    });
  }
  return {
    users,
    /** A mirror that asks the same pool. */
    mirror: () =>
      createMirror({
        workosUsers: workosUsersOn(setting.workos),
        profiles: {
          asOf: 'now',
          find: async ({ sub }) => {
            const user = users.find((each) => each.sub === sub);
            return user;
          },
        },
        config: { trustedProviders: new Map() },
        // As verify --fix sets it.
        knowsAllProfiles: true,
      }),
    async verify(fix = false) {
      const never = new AbortController().signal;
      const comparison = createComparison({
        rules: { trustedProviders: new Map() },
        isLive: true,
      });
      const verification = await verify({
        userPoolId,
        source: sourceOf(users),
        workosUsers: workosUsersOn(setting.workos),
        comparison,
        scheduler: createRequestScheduler({
          writesPerSecond: 5_000,
          requestsPerSecond: 5_000,
          signal: never,
        }),
        config: { trustedProviders: new Map() },
        ledger: withoutBulkLedger(),
        settleMs: 0,
        stop: never,
        abort: never,
        fix,
      });
      const counts = toCounts(comparison);
      const conflicts = [...comparison.findings.conflicts()];
      const balance = comparison.balance(userPoolId);
      const mails = comparison.people.mails();
      const kinds = comparison.people.kinds();
      const wrongLinks = conflicts.filter(
        ({ reason }) => reason === 'linked_sub_of_another',
      ).length;
      comparison.close();
      return { ...verification, counts, wrongLinks, balance, mails, kinds };
    },
  };
}

function toUser(
  { person, givenName, familyName, isLinked, sub, ...rest }: Profile,
  userPoolId: string,
  idOf: (id: string) => string,
  emailOf: (person: string) => string,
): ObservedUser {
  const primary = rest.status === 'EXTERNAL_PROVIDER';
  return {
    ...rest,
    userPoolId,
    sub: idOf(sub),
    username: idOf(sub),
    identities: primary || isLinked ? [googleIdentity({ primary })] : [],
    observedAt: at(60),
    ...(person !== null && { email: emailOf(person) }),
    ...(givenName !== undefined && { givenName }),
    ...(familyName !== undefined && { familyName }),
  };
}

function toMetadata(
  { pool, auth, providers, linkedSubs, syncedAt }: Omit<Existing, 'externalId'>,
  userPoolId: string,
  idOf: (id: string) => string,
): Record<string, string> {
  const all = {
    cognito_pool: pool === 'ours' ? userPoolId : pool,
    cognito_auth: auth,
    federated_providers: providers,
    cognito_linked_subs: linkedSubs.map(idOf).join(',') || undefined,
    cognito_synced_at: syncedAt,
  };
  const present = Object.entries(all).filter((entry) => entry[1] !== undefined);
  return Object.fromEntries(present) as Record<string, string>;
}

function sourceOf(users: ObservedUser[]): UserSource {
  return {
    asOf: 'now',
    now: () => new Date(),
    estimate: async () => users.length,
    async *pages() {
      yield { users, problems: [] };
    },
    reread: async (user) => user,
    find: async (sub) => {
      const user = users.find((each) => each.sub === sub);
      return user;
    },
  };
}
