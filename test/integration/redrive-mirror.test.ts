import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { at, observedUser } from '../fixtures/factories.ts';
import { type DualRun, startDualRun } from '../rigs/dual-run.ts';
import { type RedriveSetting, startRedriveSetting } from '../rigs/redrive-run.ts';

let run: DualRun;
let setting: RedriveSetting;
beforeAll(async () => {
  run = await startDualRun();
  setting = await startRedriveSetting(run.queue);
});
afterAll(async () => {
  await setting.close();
  await run.close();
});
beforeEach(() => control().clear());

const control = () => run.workos.control;
const rejections = () => run.logs.filter((line) => line.includes('"outcome":"rejected"')).length;

function grace(seconds: number, partial: Partial<ObservedUser>): ObservedUser {
  const sub = 'aaaaaaaa-0000-4000-8000-000000000077';
  return observedUser({ sub, email: 'grace@example.com', observedAt: at(seconds), ...partial });
}

async function redrive(...args: string[]) {
  const { code, stdout } = await setting.run([...args, '--json']);
  return { code, ...JSON.parse(stdout) };
}

it('redrive --replay brings a user that WorkOS refused for a while to WorkOS, with the last change', async () => {
  control().onRequest = ({ method }) =>
    method === 'POST'
      ? { kind: 'status', status: 422, body: { code: 'invalid_request_parameters' } }
      : undefined;
  await run.enqueue(grace(1, { familyName: 'Hopper' }), 'first');
  await run.enqueue(grace(2, { familyName: 'Murray' }), 'second');
  await run.drain();
  expect((await redrive()).byReason).toMatchObject({ invalid_request_parameters: { count: 1 } });

  control().onRequest = undefined;
  expect(await redrive('--replay')).toMatchObject({ code: 0, replayed: 2, failed: 0 });
  await run.drain();
  expect(control().userByEmail('grace@example.com')).toMatchObject({ last_name: 'Murray' });
  expect(await redrive()).toMatchObject({ code: 0, deadLetters: 0 });
});

it('redrive --replay keeps a user that was corrected meanwhile, and empties the dead-letter queue', async () => {
  await run.enqueue(grace(3, { email: 'nonsense', familyName: 'Old' }), 'bad');
  await run.drain();
  await run.enqueue(grace(60, { familyName: 'New' }), 'good');
  await run.drain();
  await redrive('--replay');
  await run.drain();
  expect(control().userByEmail('grace@example.com')).toMatchObject({ last_name: 'New' });
  expect(await redrive()).toMatchObject({ deadLetters: 0 });
});

it('redrive --replay can replay a user again that was refused again within five minutes', async () => {
  const before = rejections();
  await run.enqueue(observedUser({ email: 'nonsense' }), 'never good');
  await run.drain();
  for (const times of [1, 2, 3]) {
    expect(rejections()).toBe(before + times);
    expect(await redrive('--replay')).toMatchObject({ deadLetters: 1, replayed: 1 });
    await run.drain();
  }
  expect(await redrive()).toMatchObject({ byReason: { invalid_email: { count: 1 } } });
});
