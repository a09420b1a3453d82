import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { observedProcess } from '../contracts/recordings.ts';
import { expectResult } from '../fixtures/result-schema.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PATIENCE = { timeout: 180_000 };

/** The users of the pool at the start, and the WorkOS users they become: linked profiles count once. */
const EXISTING = { profiles: 310, mirrored: 271 };

let temporary: string;
let running: ChildProcess | undefined;

beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'e2e-'));
});

afterEach(async () => {
  if (running?.exitCode === null) running.kill('SIGKILL');
  await rm(temporary, { recursive: true, force: true });
});

describe('npm start -- --once --json', () => {
  test('seeds 310 users, plays the story and ends in sync with exit code 0', PATIENCE, async () => {
    const run = start('--once', '--json');

    expect(await run.ended).toBe(0);

    const ended = { code: 0, stdout: run.stdout() };
    expect(expectResult('start', ended)).toMatchObject({
      differences: { count: 0, items: [] },
      inSync: true,
      // Ada, Katherine, Rosalind, Dorothy, Hedy and the unconfirmed Mallory; Grace and Alan with two
      // profiles each; without Noor, who deletes her account.
      cognitoUsers: EXISTING.profiles + 9,
      workosUsers: EXISTING.mirrored + 6,
      // Zoë, at a sign-in, and Dorothy, who signs up.
      carriedPasswords: 2,
      // Of the first round of the patrol everybody, of the second those who came or changed since; a sign-in with a
      // password is two, as Pre-Authentication and Post-Authentication are called.
      // The canary's two users sign up, and in two and one times.
      events: EXISTING.profiles + 25 + 11 + 8 + 8,
      seconds: expect.any(Number),
    });
    // With --once there is a page only where --page-port asks for it.
    expect(run.stderr()).not.toContain('Live page');
    expect(run.stderr()).toMatch(/310 users: 271 created, 8 linked, 4 conflicts, skipped: 7 dis/);
    expect(run.stderr()).toMatch(/310 users: 279 unchanged, .*\n.* 0 writes/);
    // The patrol costs nothing for users who did not change, and finds one who never signs in.
    expect(run.stderr()).toMatch(/published 310 of the pool's users\n.*279 unchanged, .* 0 writes/);
    expect(run.stderr()).toMatch(/published 11 of the pool's users\n.*1 created/);
    // What CloudTrail reports arrives without a sign-in: an edit with the user's own token, a ban, a deletion.
    expect(run.stderr()).toMatch(
      /UpdateUserAttributes, sub \S+, without a pool id\n.*queue.*\n.*updated +Augusta Ada Lovelace/,
    );
    expect(run.stderr()).toContain('disabled in Cognito, but the WorkOS user can still sign in');
    expect(run.stderr()).toMatch(/DeleteUser, sub \S+, without a pool id\n.*\n.*skipped \(gone\)/);
    // verify finds the drift, and verify --fix removes it.
    expect(run.stderr()).toMatch(/1 stale \(first_name\)\n.*5 in conflict.*\n.*1 in WorkOS alone/);
    expect(run.stderr()).toMatch(/NOT in sync: .*\n.*1 fixed\n.*5 in conflict/);
    expect(run.stderr()).toMatch(/277 WorkOS users\n.*0 fixed\n.*1 deleted in WorkOS/);
    // The unverified WorkOS user is refused, then taken over; a user who crossed over early keeps her changes.
    expect(run.stderr()).toMatch(/conflict \(unverified_in_workos\)/);
    expect(run.stderr()).toContain("the stranger's password no longer opens rosalind@example.com");
    expect(run.stderr()).toMatch(/is Dot now[\s\S]+?unchanged +0 reads, 0 writes/);
    // Zoë's password goes along with her sign-in, Dorothy's with her sign-up, and WorkOS lets both in with it.
    expect(run.stderr()).toMatch(
      /PostAuthentication_Authentication {2}zoe.*, with a sealed password\n(.*\n)+?.*updated +Zoë Haddad.*\n.*auth password\+carried/,
    );
    expect(run.stderr()).toMatch(/created +Dorothy Vaughan.* 1 write\n.*auth password\+carried/);
    expect(run.stderr()).toContain('dorothy@example.com signs in with the password of Cognito');
    expect(run.stderr()).toMatch(
      /zoe.*signs in with the password of Cognito\n.*no mail was sent to/,
    );
    expect(run.stderr()).toMatch(/30 mailed now, 0 before, 194 to go\n.*, 2 carried/);
    expect(run.stderr()).toMatch(/30 mailed now, 30 before, 164 to go/);
    // The story quotes verify's verdict, and the page shows the same.
    expect(run.stderr()).toContain('In sync, but look at this first:');
    expect(run.stderr()).toContain('29 users without a usable email');
    const page = await readFile(join(ROOT, 'local-run', 'readiness.html'), 'utf8');
    expect(page).toContain('In sync, but look at this first');
    expect(page).toContain(
      '319 Cognito users − 11 disabled − 8 without an email − 13 unconfirmed − 10 second profiles of the same people = 277 WorkOS users',
    );
    expect(page).toContain('mails 224 of them once');
  });
});

describe('npm start with wrong options', () => {
  test.each([[['--json']], [['--no-such-option']]])(
    'exits with 2 and one line on stderr for %j',
    async (args) => {
      const run = start(...args);

      expect(await run.ended).toBe(2);
      expect(run.stderr().trim().split('\n')).toHaveLength(1);
      expect(run.stdout()).toBe('');
    },
  );
});

/** Starts the command with a temporary directory of its own, so that the test sees the files it leaves. */
function start(...args: string[]) {
  const child = spawn(process.execPath, ['scripts/cws.ts', 'start', ...args], {
    cwd: ROOT,
    env: {
      ...process.env,
      ...observedProcess(),
      TMPDIR: temporary,
      TEMP: temporary,
      TMP: temporary,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running = child;
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const ended = once(child, 'close').then(([code]) => code as number);
  return {
    ended,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
  };
}
