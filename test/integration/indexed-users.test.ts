import { afterEach, beforeEach, expect, it } from 'vitest';
import { type StrictWorkos, startStrictWorkos } from '../../local/emulators/workos.ts';
import { createIndexedUsers } from '../../src/bulk/indexed-users.ts';
import {
  createRateLimitedUsers,
  type RateLimitedUsers,
} from '../../src/bulk/rate-limited-users.ts';
import { createRequestScheduler } from '../../src/bulk/request-scheduler.ts';
import { openState, type SeedState } from '../../src/seed/state.ts';
import { workosUsersOn } from '../rigs/workos-users-on.ts';

let workos: StrictWorkos;
let state: SeedState;
let rateLimited: RateLimitedUsers;
beforeEach(async () => {
  workos = await startStrictWorkos();
  state = openState(':memory:', { userPoolId: 'pool', workos: 'local' });
  const signal = new AbortController().signal;
  const workosUsers = workosUsersOn(workos);
  rateLimited = createRateLimitedUsers(
    workosUsers,
    createRequestScheduler({ writesPerSecond: 1_000, requestsPerSecond: 1_000, signal }),
  );
});
afterEach(async () => {
  state.close();
  await workos.close();
});

/** Lists WorkOS into the index; later requests alone are recorded. */
async function listIntoIndex() {
  const { users } = await rateLimited.list();
  for (const user of users) state.index.put(user);
  workos.control.clear();
  return createIndexedUsers({ workosUsers: rateLimited, index: state.index });
}

it('the indexed users refuse an update of a user that has changed since the listing, and write it after a new read', async () => {
  const { id } = workos.control.seedUser({ email: 'ada@example.com', first_name: 'Listed' });
  const workosUsers = await listIntoIndex();
  await fetch(`${workos.url}/user_management/users/${id}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${workos.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ first_name: 'Newer' }),
  });
  expect(await workosUsers.update(id, { firstName: 'Older' })).toMatchObject({
    refusal: { because: 'changed_meanwhile' },
  });
  expect(workos.control.userByEmail('ada@example.com')?.first_name).toBe('Newer');
  // The next read returns the current user, and an update decided on it is written.
  expect(await workosUsers.findByEmail('ada@example.com')).toMatchObject({
    user: { firstName: 'Newer' },
  });
  expect(await workosUsers.update(id, { firstName: 'Newest' })).toMatchObject({ kind: 'written' });
});

it('the indexed users find a user that was created since the listing once its create is refused', async () => {
  const workosUsers = await listIntoIndex();
  workos.control.seedUser({ email: 'ada@example.com', external_id: 'live' });
  expect(await workosUsers.findByEmail('ada@example.com')).toEqual({ kind: 'none' });
  const refused = await workosUsers.create({
    email: 'ada@example.com',
    emailVerified: true,
    externalId: 'live',
    metadata: {},
  });
  expect(refused).toMatchObject({ refusal: { because: 'email_taken' } });
  expect(await workosUsers.findByEmail('ADA@example.com')).toMatchObject({
    kind: 'found',
    user: { externalId: 'live' },
  });
  expect((await workosUsers.findByExternalId('live'))?.email).toBe('ada@example.com');
});

it('the indexed users answer from the index without a request', async () => {
  workos.control.seedUser({ email: 'ada@example.com', external_id: 'known' });
  const workosUsers = await listIntoIndex();
  expect(await workosUsers.findByEmail('Ada@Example.com')).toMatchObject({
    kind: 'found',
    user: { externalId: 'known' },
  });
  expect((await workosUsers.findByExternalId('known'))?.email).toBe('ada@example.com');
  expect(await workosUsers.findByExternalId('unknown')).toBeUndefined();
  const taken = { email: 'ada@example.com', emailVerified: true, metadata: {} };
  expect(await workosUsers.create(taken)).toMatchObject({ refusal: { because: 'email_taken' } });
  expect(workos.control.requests).toEqual([]);
});
