import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fingerprint, openState } from '../../src/seed/state.ts';
import { stateToSummary } from '../../src/seed/summary.ts';

const KEY = 'sk_test_very_secret';
const BINDING = {
  userPoolId: 'eu-central-1_Pool00001',
  workos: fingerprint('api.workos.com', 443, KEY),
};

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'seed-state-'));
  file = join(directory, 'state.sqlite');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('the state file of a seed', () => {
  it('resumes after an unfinished run with its position and its finished users, and without the failed ones', () => {
    const state = openState(file, BINDING);
    state.record({ sub: 'a', outcome: 'created', workosUserId: 'user_a' });
    state.record({ sub: 'b', outcome: 'failed', reason: 'invalid_email' });
    state.setPosition('page-2');
    state.close();

    const again = openState(file, BINDING);
    expect(again.resumed).toBe(true);
    expect(again.position()).toBe('page-2');
    expect(again.isDone('a')).toBe(true);
    // A failed user is retried.
    expect(again.isDone('b')).toBe(false);
    expect([...again.results()].map(({ sub }) => sub)).toEqual(['a', 'b']);
    again.close();
  });

  it('starts from the beginning after a run that finished', () => {
    const state = openState(file, BINDING);
    state.record({ sub: 'a', outcome: 'created' });
    state.setPosition('page-2');
    state.finish();
    state.close();

    const again = openState(file, BINDING);
    expect(again.resumed).toBe(false);
    expect(again.position()).toBeUndefined();
    expect(again.isDone('a')).toBe(false);
    again.close();
  });

  it('is refused to a second process while the first one has it open', () => {
    const state = openState(file, BINDING);
    const url = new URL('../../src/seed/state.ts', import.meta.url);
    const program = `
      import { openState } from '${url}';
      try { openState(process.argv[1], JSON.parse(process.argv[2])); console.log('opened'); }
      catch (error) { console.log(error.name + ': ' + error.message); }`;
    const args = ['--input-type=module', '-e', program, file, JSON.stringify(BINDING)];
    const second = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(second.stdout).toMatch(/^StateError: another run is using the state file/);
    state.close();
  });

  it.each([
    ['pool', { ...BINDING, userPoolId: 'eu-central-1_Other' }],
    ['WorkOS', { ...BINDING, workos: fingerprint('api.workos.com', 443, 'sk_test_other') }],
  ])('is refused for another %s, and stays usable for its own', (_, other) => {
    openState(file, BINDING).close();
    expect(() => openState(file, other)).toThrow(/belongs to .*--state/);
    openState(file, BINDING).close();
  });

  it('is refused and left unchanged when it is another kind of file', () => {
    writeFileSync(file, 'Dear diary, '.repeat(1000));
    expect(() => openState(file, BINDING)).toThrow(/is not a state file/);
    expect(readFileSync(file, 'utf8')).toMatch(/^Dear diary/);
  });

  it('is readable by its owner only and does not contain the API key', () => {
    const state = openState(file, BINDING);
    const names = readdirSync(directory);
    expect(names).toContain('state.sqlite');
    for (const name of names) {
      expect(statSync(join(directory, name)).mode & 0o077).toBe(0);
    }
    state.close();
    expect(readFileSync(file).includes(KEY)).toBe(false);
  });

  it('gives counts that add up to the users read, with the last outcome of each', () => {
    const state = openState(':memory:', BINDING);
    state.record({ sub: 'a', outcome: 'created' });
    state.record({ sub: 'a', outcome: 'unchanged' });
    state.record({ sub: 'b', outcome: 'skipped', reason: 'no_email' });
    state.record({ sub: 'c', outcome: 'conflict', reason: 'email_taken' });
    state.record({ sub: 'd', outcome: 'failed', reason: 'invalid_email' });
    expect(stateToSummary(state)).toEqual({
      read: 4,
      created: 0,
      linked: 0,
      updated: 0,
      unchanged: 1,
      stale: 0,
      skipped: { no_email: 1 },
      conflicts: 1,
      failed: 1,
    });
    state.close();
  });
});
