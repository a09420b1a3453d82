import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createClaim } from '../../src/password-resets/claim.ts';
import { type MailLog, openMailLog } from '../../src/password-resets/mail-log.ts';
import { createRecipients } from '../../src/password-resets/recipients.ts';
import type { WorkosUser } from '../../src/workos/users.ts';
import { observedUser, POOL } from '../fixtures/factories.ts';

const never = new AbortController().signal;
const user = observedUser();
const NOW = new Date('2026-11-26T12:00:00.000Z');

let directory: string;
let open: { close(): void }[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'mail-claim-'));
  open = [];
});
afterEach(() => {
  for (const each of open) each.close();
  rmSync(directory, { recursive: true });
});

/** One WorkOS that two machines ask; both read the user before either of them has marked it. */
function startWorkos() {
  let kept: WorkosUser = {
    id: 'user_ada',
    email: user.email ?? '',
    emailVerified: true,
    externalId: user.sub,
    metadata: { cognito_pool: POOL, cognito_auth: 'password' },
  };
  let reads = 0;
  const bothHaveRead = Promise.withResolvers<void>();
  return {
    async get() {
      const read = kept;
      if (++reads === 2) bothHaveRead.resolve();
      if (reads <= 2) await bothHaveRead.promise;
      return read;
    },
    async update(_id: string, { metadata = {} }: { metadata?: Record<string, string | null> }) {
      const merged = Object.entries({ ...kept.metadata, ...metadata });
      const metadataNow = merged.filter((each): each is [string, string] => each[1] !== null);
      kept = { ...kept, metadata: Object.fromEntries(metadataNow) };
      return { kind: 'written', user: kept } as const;
    },
    user: () => kept,
  };
}

/** A run of reset-passwords on a machine of its own. */
function startRun(name: string, workosUsers: ReturnType<typeof startWorkos>) {
  const recipients = createRecipients();
  const log: MailLog = openMailLog(join(directory, `${name}.sqlite`), POOL, 'write');
  open.push(recipients, log);
  recipients.profiles.put(user);
  recipients.index.put(workosUsers.user());
  return createClaim({
    rules: { mirror: { trustedProviders: new Map() } },
    source: {
      asOf: 'now',
      now: () => NOW,
      reread: async () => user,
      find: async () => user,
    },
    workosUsers,
    log,
    recipients,
    stop: never,
    abort: never,
  });
}

test('of two runs that mark a user in the same millisecond, one mails', async () => {
  const workos = startWorkos();
  const mail = { position: 1, workosUserId: 'user_ada', sub: user.sub };
  const runs = ['one', 'two'].map((name) => startRun(name, workos));
  const claims = await Promise.all(runs.map((claim) => claim(mail, user)));
  expect(claims.map(({ kind }) => kind).sort()).toEqual(['already_sent', 'claimed']);
});
