import { afterEach, beforeEach, expect, it } from 'vitest';
import { observedUser } from '../fixtures/factories.ts';
import { type MirrorOnWorkos, startMirrorOnWorkos } from '../rigs/mirror-on-workos.ts';

let setting: MirrorOnWorkos;
beforeEach(async () => {
  setting = await startMirrorOnWorkos();
});
afterEach(() => setting.close());

it('the mirror ends a session that began between its two updates of an unverified WorkOS user it takes over', async () => {
  const { control } = setting.workos;
  const { id } = control.register({ email: 'ada@example.com', password: 'chosen by Mallory' });
  control.onRequest = ({ method, body }) => {
    const isSecondUpdate = method === 'PUT' && JSON.stringify(body).includes('external_id');
    if (isSecondUpdate) control.openSession(id, 'magic_code');
    return undefined;
  };
  const mirror = setting.mirrorWith({ takeOverUnverified: true });
  expect(await mirror(observedUser())).toMatchObject({ outcome: 'linked' });
  const statuses = control.sessionsOf(id).map(({ status }) => status);
  expect(statuses).toEqual(['revoked']);
});
