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
let paced: RateLimitedUsers;
beforeEach(async () => {
  workos = await startStrictWorkos();
  state = openState(':memory:', { userPoolId: 'pool', workos: 'local' });
  const signal = new AbortController().signal;
  const workosUsers = workosUsersOn(workos);
  paced = createRateLimitedUsers(
    workosUsers,
    createRequestScheduler({ writesPerSecond: 1_000, requestsPerSecond: 1_000, signal }),
  );
});
afterEach(async () => {
  state.close();
  await workos.close();
});

async function listed() {
  const { users } = await paced.list();
  for (const user of users) state.index.put(user);
  workos.control.clear();
  return createIndexedUsers({ workosUsers: paced, index: state.index });
}

it('an update of a user that has changed since the listing writes nothing, and says so', async () => {
  const { id } = workos.control.seedUser({ email: 'ada@example.com', first_name: 'Listed' });
  const workosUsers = await listed();
  await fetch(`${workos.url}/user_management/users/${id}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${workos.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ first_name: 'Newer' }),
  });
  expect(await workosUsers.update(id, { firstName: 'Older' })).toMatchObject({
    refusal: { because: 'changed_meanwhile' },
  });
  expect(workos.control.userByEmail('ada@example.com')?.first_name).toBe('Newer');
  // The next look sees what is there now, and an update decided on it goes through.
  expect(await workosUsers.findByEmail('ada@example.com')).toMatchObject({
    user: { firstName: 'Newer' },
  });
  expect(await workosUsers.update(id, { firstName: 'Newest' })).toMatchObject({ kind: 'written' });
});

it('a user that was made since the listing is asked for at the source', async () => {
  const workosUsers = await listed();
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

it('what the index knows costs no request', async () => {
  workos.control.seedUser({ email: 'ada@example.com', external_id: 'known' });
  const workosUsers = await listed();
  await workosUsers.findByEmail('Ada@Example.com');
  await workosUsers.findByExternalId('known');
  await workosUsers.findByExternalId('nobody');
  const taken = { email: 'ada@example.com', emailVerified: true, metadata: {} };
  await workosUsers.create(taken);
  expect(workos.control.requests).toEqual([]);
});
