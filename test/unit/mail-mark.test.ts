import { describe, expect, test } from 'vitest';
import { decide } from '../../src/mirror/decide/decide.ts';
import type { MirrorRules } from '../../src/mirror/decide/rules.ts';
import { createMark, isRecentMark } from '../../src/password-resets/mail-mark.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import type { WorkosUser } from '../../src/workos/users.ts';
import { observedUser, POOL } from '../fixtures/factories.ts';

const MARK = 'cognito_reset_mailed_at';
const rules: MirrorRules = { trustedProviders: new Map(), takeOverUnverified: true };
const owner = observedUser();
const anothers = '99999999-0000-4000-8000-000000000001';

function marked(partial: Partial<WorkosUser>, auth = 'password'): WorkosUser {
  return {
    id: 'user_1',
    email: owner.email ?? '',
    emailVerified: true,
    externalId: owner.sub,
    ...partial,
    metadata: {
      cognito_pool: POOL,
      cognito_auth: auth,
      [MARK]: '2026-01-01T00:00:00.000Z',
      ...partial.metadata,
    },
  };
}

/** The metadata of the update that is decided on. */
function metadataOf(found: Parameters<typeof decide>[1], holder?: ObservedUser) {
  const confirmation = { user: owner, ...(holder && { holder }), asOf: 'now' } as const;
  const decision = decide(owner, found, rules, { confirmation });
  if (decision.kind !== 'update') throw new Error(`not an update: ${decision.kind}`);
  return decision.changes.metadata ?? {};
}

describe('the mark of a password-reset mail', () => {
  test('is dropped when a squatter is displaced', () => {
    const squatter = marked({ externalId: anothers }, 'password+unverified');
    expect(metadataOf({ byEmail: squatter })).toHaveProperty(MARK, null);
  });

  test('is dropped when a WorkOS user with an unverified email is taken over', () => {
    const { externalId: _, ...unlinked } = marked({ emailVerified: false });
    expect(metadataOf({ byEmail: unlinked })).toHaveProperty(MARK, null);
  });

  test('is dropped when a native profile becomes the primary one in place of a federated one', () => {
    const holder = observedUser({ sub: anothers, status: 'EXTERNAL_PROVIDER' });
    const held = marked({ externalId: anothers }, 'federated');
    expect(metadataOf({ byEmail: held }, holder)).toHaveProperty(MARK, null);
  });

  test('stays when the WorkOS user of a proved address is linked', () => {
    const { externalId: _, ...unlinked } = marked({});
    expect(metadataOf({ byEmail: unlinked })).not.toHaveProperty(MARK);
  });

  test('stays when the profile itself changes', () => {
    const metadata = metadataOf({ byExternalId: marked({}, 'federated') });
    expect(metadata).toHaveProperty('cognito_auth');
    expect(metadata).not.toHaveProperty(MARK);
  });

  test('takes the place of a metadata key, so that no update has more than ten', () => {
    const customers = Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`key_${n}`, 'x']));
    const own = marked({ metadata: customers }, 'x');
    const identity = {
      providerName: 'Google',
      providerType: 'Google',
      userId: '1',
      primary: false,
    };
    const linked = { ...owner, identities: [identity] };
    const clientIds = { Google: 'client' };
    const decision = decide(linked, { byExternalId: own }, { ...rules, clientIds });
    if (decision.kind !== 'update') throw new Error(decision.kind);
    const merged = { ...own.metadata, ...decision.changes.metadata };
    expect(Object.values(merged).filter((value) => value !== null)).toHaveLength(10);
    expect(decision.changes.metadata).not.toHaveProperty('oauth_clients');
  });

  test.each([
    ['an hour ago', '2026-01-01T11:00:00.000Z', false],
    ['a minute ago', '2026-01-01T11:59:00.000Z', true],
    ['by a clock that is ahead', '2026-01-01T13:00:00.000Z', true],
    ['at no time that can be read', 'yesterday', false],
  ])('written %s (%s) is of a link that still works: %s', (_, mark, isRecent) => {
    expect(isRecentMark(mark, new Date('2026-01-01T12:00:00.000Z'))).toBe(isRecent);
  });
});

describe('the marks of two runs in one millisecond', () => {
  const now = new Date('2026-11-26T13:00:00.123Z');

  test('differ, so that only the run whose mark stays mails the user', () => {
    const marks = Array.from({ length: 20 }, () => createMark(now));
    expect(new Set(marks).size).toBeGreaterThan(15);
  });

  test('are still the time of the mail', () => {
    const mark = createMark(now);
    expect(mark).toMatch(/^2026-11-26T13:00:00\.123\d{6}Z$/);
    expect(Date.parse(mark)).toBe(now.getTime());
    expect(isRecentMark(mark, now)).toBe(true);
  });
});
