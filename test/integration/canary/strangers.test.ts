import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeProfile } from '../../../src/canary/make-profile.ts';
import { identityOf, newRun, SIMULATOR } from '../../../src/canary/mark.ts';
import { passwordOf } from '../../../src/canary/pool-facts.ts';
import { removeAll } from '../../../src/canary/remove.ts';
import { runStandingCanary } from '../../../src/canary/standing.ts';
import { type CanaryRig, startCanaryRig } from '../../rigs/canary-rig.ts';

const OWN = { email: 'customer@example.com', password: 'Customers-0wn-password!' };

let rig: CanaryRig;
beforeAll(async () => {
  rig = await startCanaryRig({
    pool: { UsernameAttributes: ['phone_number'], AutoVerifiedAttributes: [] },
  });
});
afterAll(() => rig.close());

/** A customer who has the very phone number that the canary has made up. */
async function addCustomer(phone: string): Promise<void> {
  const user = { UserPoolId: rig.userPoolId, Username: phone };
  const attributes = { phone_number: phone, email: OWN.email };
  await rig.cognito.send(
    new AdminCreateUserCommand({
      ...user,
      MessageAction: 'SUPPRESS',
      UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
    }),
  );
  const password = { Password: OWN.password, Permanent: true };
  await rig.cognito.send(new AdminSetUserPasswordCommand({ ...user, ...password }));
}

async function makeClient(run: { run: string; leaseEnds?: number }) {
  const created = await rig.world.appClients.create({ ...run, mailbox: SIMULATOR });
  if (created.kind === 'refused') throw new Error(created.reason);
  return created.value;
}

it.each(['user', 'trap'] as const)(
  'changes nothing of a customer who has the phone number of the %s: neither password nor profile, and removes nothing',
  async (role) => {
    const client = await makeClient({ run: newRun(), leaseEnds: 1_700_000_000 });
    const identity = identityOf(client, role);
    await addCustomer(identity.phone);
    const password = passwordOf(rig.world.facts, identity);
    const profile = { identity, username: identity.phone, password };
    const signal = new AbortController().signal;
    const run = { client, user: profile, trap: profile, pending: new Map(), signal };
    const options = { verified: false, asksForCode: false };
    const made = await makeProfile(rig.world, run, profile, options);
    expect(made).toMatchObject({ kind: 'refused', isTriggers: false });
    expect(await removeAll(rig.world, client, run.pending)).toEqual([]);
    const again = await makeClient({ run: newRun(), leaseEnds: 1_700_000_000 });
    const credentials = { username: identity.phone, password: OWN.password };
    expect(await rig.world.pool.signIn(again, credentials)).toMatchObject({ kind: 'ok' });
    expect(await rig.world.pool.find(identity.phone)).toMatchObject({
      value: { email: OWN.email },
    });
  },
);

it('changes nothing of a customer who has the phone number of the standing user', async () => {
  const client = await makeClient({ run: 'standing' });
  const { phone } = identityOf(client, 'user');
  await addCustomer(phone);
  const ended = await runStandingCanary(rig.world, new AbortController().signal);
  expect(ended).toMatchObject({ result: 'failed' });
  const credentials = { username: phone, password: OWN.password };
  expect(await rig.world.pool.signIn(client, credentials)).toMatchObject({ kind: 'ok' });
});
