import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { messageToRecord } from '../../local/emulators/lambda/sqs-event.ts';
import type { Mirror } from '../../src/mirror/mirror.ts';
import { encodeMessage } from '../../src/user/message.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { showInPool } from '../fixtures/cognito-records.ts';
import { federatedUser, observedUser } from '../fixtures/factories.ts';
import { startDualRun } from '../rigs/dual-run.ts';
import { type Rig, startRig } from '../rigs/ledger-rig.ts';

let rig: Rig;
afterEach(() => rig?.close());
const iso = () => {
  rig.clock.ms += 1000;
  return new Date(rig.clock.ms).toISOString();
};
const person = (name: string, partial: Partial<ObservedUser> = {}) =>
  observedUser({
    sub: `${name}-sub`,
    username: name,
    email: `${name}@example.com`,
    givenName: name,
    observedAt: iso(),
    ...partial,
  });
const show = (user: ObservedUser) => showInPool(rig.cognito, user);
const names = (which: 'bare' | 'led') =>
  Object.fromEntries(
    rig[which].control.users().map(({ external_id, first_name }) => [external_id, first_name]),
  );

describe('two sandboxes at once', () => {
  it('an older message of the holder lands after it was moved on: healed at the next sign-in', async () => {
    const late = (body: unknown) => (body as { first_name?: string } | undefined)?.first_name;
    rig = await startRig({ latencyMs: ({ body }) => (late(body) === 'Old' ? 500 : 0) });
    const history = async (which: 'bare' | 'led', one: Mirror, two: Mirror) => {
      const a = person('ada');
      show(a);
      await one(a);
      const old = person('ada', { givenName: 'Old' });
      const moved = person('ada', { givenName: 'New', email: 'new@example.com' });
      show(moved);
      const bob = person('bob', { email: 'ada@example.com' });
      show(bob);
      const slow = one(old);
      while (!rig[which].control.requests.some(({ body }) => late(body) === 'Old')) await delay(5);
      await two(bob);
      await slow;
      await two({ ...moved, observedAt: iso() });
    };
    await history('bare', rig.bareMirror(), rig.bareMirror());
    expect(names('bare')['ada-sub']).toBe('New');
    await history('led', rig.ledMirror(), rig.ledMirror());
    expect(names('led')['ada-sub']).toBe('New');
  });
});

describe('who was deleted in WorkOS', () => {
  it('is still known after somebody else’s event tried to move them on', async () => {
    rig = await startRig();
    const mirror = rig.ledMirror();
    const a = person('ada');
    show(a);
    await mirror(a);
    rig.led.control.seedUser({ email: 'taken@example.com', email_verified: true });
    show(person('ada', { email: 'taken@example.com' }));
    const bob = person('bob', { email: 'ada@example.com' });
    show(bob);
    expect(await mirror(bob)).toMatchObject({ reason: 'address_passed_on' });
    // Ada asks to be erased in WorkOS.
    rig.led.control.deleteUser(rig.led.control.userByEmail('ada@example.com')?.id ?? '');
    const back = person('ada', { email: 'back@example.com' });
    show(back);
    expect(await mirror(back)).toMatchObject({ outcome: 'conflict', reason: 'deleted_in_workos' });
  });
});

describe('a linked profile', () => {
  it('that moves to an address that is in conflict is taken off', async () => {
    rig = await startRig();
    const mirror = rig.ledMirror();
    const ada = person('ada');
    const goo = federatedUser({
      sub: 'goo-sub',
      username: 'goo',
      email: 'ada@example.com',
      observedAt: iso(),
    });
    const bob = person('bob');
    for (const user of [ada, goo, bob]) {
      show(user);
      await mirror(user);
    }
    const linked = () =>
      rig.led.control.userByEmail('ada@example.com')?.metadata.cognito_linked_subs;
    expect(linked()).toBe('goo-sub');
    const moved = { ...goo, email: 'bob@example.com', emailVerified: false, observedAt: iso() };
    show(moved);
    expect(await mirror(moved)).toMatchObject({ outcome: 'conflict' });
    expect(linked()).toBeUndefined();
  });
});

describe('a DynamoDB that takes connections and never answers', () => {
  it('is waited for once', async () => {
    const sockets = new Set<import('node:net').Socket>();
    const server = createServer((socket) => sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const run = await startDualRun({
      env: {
        consumer: {
          SYNC_LEDGER_TABLE: 'ledger',
          AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}`,
        },
      },
    });
    const user = observedUser();
    showInPool(run.cognito, user);
    run.workos.control.seedUser({ email: user.email ?? '', email_verified: true });
    await run.lambda.invoke('consumer', {
      Records: [
        messageToRecord(
          {
            MessageId: 'm',
            ReceiptHandle: 'h',
            Body: encodeMessage(user),
            Attributes: { MessageGroupId: user.sub, ApproximateReceiveCount: '1' },
          },
          run.queue.queueArn,
          'us-east-1',
        ),
      ],
    });
    await run.close();
    for (const socket of sockets) socket.destroy();
    server.close();
    rig = await startRig();
    // One request has been waited for; all that follow are left out at once.
    expect(sockets.size).toBeLessThanOrEqual(2);
  }, 120_000);
});
