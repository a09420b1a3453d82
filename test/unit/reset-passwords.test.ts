import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRequestScheduler } from '../../src/bulk/request-scheduler.ts';
import { withoutDeletions } from '../../src/mirror/decide/metadata.ts';
import { userToEligibility } from '../../src/password-resets/eligibility.ts';
import { type MailLog, openMailLog } from '../../src/password-resets/mail-log.ts';
import { lineToEntry } from '../../src/password-resets/recipient-list.ts';
import { createRecipients, type Recipients } from '../../src/password-resets/recipients.ts';
import { sendMails } from '../../src/password-resets/send-mails.ts';
import { recipientsToSummary } from '../../src/password-resets/summary.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import type { WorkosUser } from '../../src/workos/users.ts';
import { observedUser, POOL } from '../fixtures/factories.ts';

const never = new AbortController().signal;

function workosUser(partial: Partial<WorkosUser> = {}): WorkosUser {
  return {
    id: 'user_ada',
    email: 'ada@example.com',
    emailVerified: true,
    externalId: observedUser().sub,
    metadata: {},
    ...partial,
  };
}

const MARK = '2026-11-26T12:00:00.000Z';
const RULES = { mirror: { trustedProviders: new Map() } };

/** Whether the user gets a mail when WorkOS has these users. */
function eligibilityOf(user: ObservedUser, ...workosUsers: WorkosUser[]) {
  const recipients = createRecipients();
  recipients.profiles.put(user);
  for (const each of workosUsers) recipients.index.put(each);
  const eligibility = userToEligibility(user, recipients, RULES);
  recipients.close();
  return eligibility;
}

describe('userToEligibility', () => {
  it.each([
    ['eligible', 'CONFIRMED', undefined],
    ['eligible', 'RESET_REQUIRED', undefined],
    ['eligible', 'FORCE_CHANGE_PASSWORD', undefined],
    ['skipped', 'EXTERNAL_PROVIDER', 'federated_only'],
    ['skipped', 'UNCONFIRMED', 'unconfirmed'],
    ['skipped', 'COMPROMISED', 'other_status'],
    ['skipped', 'A_NEW_ONE', 'other_status'],
  ])('is %s for a user with the status %s (reason: %s)', (kind, status, reason) => {
    const eligibility = eligibilityOf(observedUser({ status }), workosUser());
    expect(eligibility).toMatchObject({ kind, ...(reason !== undefined && { reason }) });
  });

  it('is skipped for a user without a status', () => {
    const { status: _, ...user } = observedUser();
    expect(eligibilityOf(user, workosUser())).toMatchObject({
      kind: 'skipped',
      reason: 'other_status',
    });
  });

  it('is skipped for a linked profile whose WorkOS user has another address or whose primary profile is gone', () => {
    const { sub } = observedUser();
    const metadata = { cognito_pool: POOL, cognito_auth: 'federated', cognito_linked_subs: sub };
    const twin = workosUser({ id: 'user_twin', externalId: 'another', metadata });
    const other = { externalId: 'x', email: 'old@example.com', metadata };
    expect(eligibilityOf(observedUser(), workosUser())).toMatchObject({
      workosUser: { id: 'user_ada' },
    });
    expect(eligibilityOf(observedUser(), workosUser(other))).toMatchObject({
      reason: 'email_differs',
    });
    // verify reports a conflict, primary_gone.
    expect(eligibilityOf(observedUser(), twin)).toMatchObject({ reason: 'in_conflict' });
  });

  it('is skipped for a user in conflict, also when unverified addresses are included', () => {
    const metadata = { cognito_pool: POOL, cognito_auth: 'password+unverified' };
    const unverified = observedUser({ emailVerified: false });
    const proved = workosUser({ metadata });
    const includeAll = { ...RULES, includeUnverified: true };
    const recipients = createRecipients();
    recipients.index.put(proved);
    expect(userToEligibility(unverified, recipients, includeAll)).toMatchObject({
      reason: 'in_conflict',
    });
    recipients.close();
  });
});

describe('the mail log of reset-passwords', () => {
  let directory: string;
  let file: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mail-log-'));
    file = join(directory, 'state.sqlite');
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('keeps each request and its outcome after it is closed', () => {
    const log = openMailLog(file, POOL, 'write');
    for (const id of ['asked', 'sent', 'doubt', 'back']) log.ask(id, 'sub', MARK);
    log.settle('sent', { outcome: 'sent' });
    log.settle('doubt', { outcome: 'in_doubt', reason: 'no_answer' });
    log.release('back');
    log.close();
    const again = openMailLog(file, POOL, 'read');
    expect(again.find('asked')).toEqual({ outcome: 'asked' });
    expect(again.find('sent')).toEqual({ outcome: 'sent' });
    expect(again.find('doubt')).toEqual({ outcome: 'in_doubt', reason: 'no_answer' });
    expect(again.find('back')).toBeUndefined();
    again.close();
  });

  it('refuses a second request for a user who was mailed', () => {
    const log = openMailLog(file, POOL, 'write');
    log.ask('ada', 'sub', MARK);
    log.settle('ada', { outcome: 'sent' });
    expect(() => log.ask('ada', 'sub', MARK)).toThrow(/mailed before/);
    log.close();
  });

  it('keeps the outcome in_doubt of the first request when the second one certainly sent nothing', () => {
    const log = openMailLog(file, POOL, 'write');
    log.ask('ada', 'sub', MARK);
    log.settle('ada', { outcome: 'in_doubt', reason: 'status_500' });
    log.ask('ada', 'sub', MARK);
    log.release('ada');
    expect(log.find('ada')).toEqual({ outcome: 'in_doubt', reason: 'status_500' });
    log.close();
  });

  it('is a file on the disk when its name means an in-memory database to SQLite', () => {
    const here = process.cwd();
    process.chdir(directory);
    try {
      for (const name of [':memory:', 'file:x?mode=memory']) {
        const log = openMailLog(name, POOL, 'write');
        log.ask('ada', 'sub', MARK);
        log.close();
        expect(statSync(join(directory, name)).size).toBeGreaterThan(0);
      }
    } finally {
      process.chdir(here);
    }
  });

  it('is neither created nor changed when it is opened for reading', () => {
    openMailLog(file, POOL, 'read').close();
    expect(statSync(file, { throwIfNoEntry: false })).toBeUndefined();
    writeFileSync(file, '', { mode: 0o644 });
    openMailLog(file, POOL, 'read').close();
    expect(readFileSync(file)).toHaveLength(0);
    expect(statSync(file).mode & 0o777).toBe(0o644);
  });
});

describe('sendMails', () => {
  const RATE = 5;
  let directory: string;
  let recipients: Recipients;
  let log: MailLog;
  let sentAt: number[];
  beforeEach(() => {
    vi.useFakeTimers();
    directory = mkdtempSync(join(tmpdir(), 'send-mails-'));
    log = openMailLog(join(directory, 'state.sqlite'), POOL, 'write');
    recipients = createRecipients();
    sentAt = [];
    for (let n = 0; n < 40; n++) {
      const sub = `sub-${n}`;
      const user = workosUser({ id: `user_${n}`, externalId: sub, email: `${n}@example.com` });
      recipients.index.put(user);
      const observed = observedUser({ sub, email: user.email });
      recipients.profiles.put(observed);
      recipients.putUser(observed, userToEligibility(observed, recipients, RULES), true);
    }
    recipients.planMails();
  });
  afterEach(() => {
    vi.useRealTimers();
    recipients.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const sendAll = () =>
    sendMails({
      rules: RULES,
      source: {
        asOf: 'now',
        now: () => new Date(),
        reread: async (user) => user,
        find: async () => 'unknown',
      },
      workosUsers: {
        get: async (id) => recipients.index.byId(id),
        async update(id, { metadata = {} }) {
          const user = { ...workosUser({ id }), ...recipients.index.byId(id) };
          return { kind: 'written', user: { ...user, metadata: withoutDeletions(metadata) } };
        },
      },
      resets: {
        async send(email) {
          sentAt.push(Date.now());
          return { kind: 'sent', userId: `user_${email.split('@')[0]}` };
        },
      },
      recipients,
      log,
      stop: never,
      abort: never,
      scheduler: createRequestScheduler({
        writesPerSecond: RATE,
        requestsPerSecond: 60,
        signal: never,
      }),
      limit: Number.POSITIVE_INFINITY,
      atATime: 2 * RATE,
    });

  it('starts at most as many mails in any second as its rate, and at most one fewer in the busiest', async () => {
    const sending = sendAll();
    await vi.runAllTimersAsync();
    expect(await sending).toEqual({ kind: 'complete' });
    expect(sentAt).toHaveLength(40);
    const inASecond = sentAt.map((t) => sentAt.filter((u) => u >= t && u < t + 1_000).length);
    expect(Math.max(...inASecond)).toBeLessThanOrEqual(RATE);
    expect(Math.max(...inASecond)).toBeGreaterThan(RATE - 2);
    log.close();
  });

  it('sends no mail when the mail log cannot be written', async () => {
    log.close();
    const sending = sendAll();
    sending.catch(() => {});
    await vi.runAllTimersAsync();
    await expect(sending).rejects.toThrow(/cannot be written .* no further mail is sent/);
    expect(sentAt).toEqual([]);
  });

  it('throws instead of giving a summary whose counts do not add up', () => {
    const counts = [{ outcome: 'sent' as const, reason: '', count: 2 }];
    const recipients = { counts: () => counts, some: () => [], mailCount: () => 3 };
    expect(() => recipientsToSummary(recipients)).toThrow(/do not add up/);
    expect(recipientsToSummary({ ...recipients, mailCount: () => 2 })).toMatchObject({ sent: 2 });
  });
});

it.each([
  ['', undefined],
  ['  # a comment', undefined],
  ['Ada@Example.com # Ada', 'ada@example.com'],
  ['a#b@example.com', 'a#b@example.com'],
  ['user_01ABC', 'user_01ABC'],
  ['AAAAAAAA-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000001'],
  ['AAAAAAAA-0000-4000-8000-00000000000', 'malformed'],
  ['ada@example.com, bob@example.com', 'malformed'],
  ['org_01ABC', 'malformed'],
  ["user_1' OR 1=1", 'malformed'],
])('lineToEntry reads the line %j of --only as %j', (line, entry) => {
  expect(lineToEntry(line)).toBe(entry);
});
