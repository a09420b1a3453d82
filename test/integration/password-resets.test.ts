import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Fault, type StrictWorkos, startStrictWorkos } from '../../local/emulators/workos.ts';
import { createPasswordResets } from '../../src/workos/password-resets.ts';

const EMAIL = 'ada@example.com';
let workos: StrictWorkos;
beforeEach(async () => {
  workos = await startStrictWorkos();
  workos.control.seedUser({ id: 'user_ada', email: EMAIL });
});
afterEach(() => workos.close());

type Place = { hostname?: string; port?: number; signal?: AbortSignal; timeoutMs?: number };

function send(place: Place = {}) {
  const { hostname = workos.hostname, port = workos.port, signal, timeoutMs } = place;
  const config = { hostname, port, https: false, apiKey: { kind: 'value', value: 'k' } } as const;
  const resets = createPasswordResets({
    config,
    apiKey: { get: async () => workos.apiKey, renew: () => {} },
    counter: { sent: () => {}, rateLimited: () => {} },
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
  return resets.send(EMAIL, signal);
}

it('a password reset sends one mail, and returns neither token nor link', async () => {
  expect(await send()).toEqual({ kind: 'sent', userId: 'user_ada' });
  expect(workos.control.resets).toHaveLength(1);
});

it.each<[string, Fault, object]>([
  ['is cut off', { kind: 'reset', afterApplying: true }, { reason: 'no_answer' }],
  ['never comes', { kind: 'hang', afterApplying: true }, { reason: 'no_answer' }],
  ['is a 500', { kind: 'status', status: 500, afterApplying: true }, { reason: 'status_500' }],
  ['is a 503', { kind: 'status', status: 503, afterApplying: true }, { reason: 'status_503' }],
])(
  'a password reset is in doubt, and not repeated by the SDK, when the answer %s',
  async (_, fault, reason) => {
    workos.control.onRequest = () => fault;
    const patience = fault.kind === 'hang' ? { timeoutMs: 500 } : {};
    expect(await send(patience)).toEqual({ kind: 'in_doubt', ...reason });
    expect(workos.control.resets).toHaveLength(1);
  },
);

it('a password reset is in doubt when its signal aborts the wait for the answer', async () => {
  workos.control.onRequest = () => ({ kind: 'hang', afterApplying: true });
  const signal = AbortSignal.timeout(500);
  expect(await send({ signal })).toEqual({ kind: 'in_doubt', reason: 'no_answer' });
});

it('a password reset is known not to be sent when no connection was made', async () => {
  const closed = await startStrictWorkos();
  await closed.close();
  expect(await send({ port: closed.port })).toMatchObject({ kind: 'not_sent' });
  expect(await send({ port: closed.port, hostname: 'localhost' })).toMatchObject({
    kind: 'not_sent',
  });
  expect(await send({ hostname: 'nowhere.invalid' })).toMatchObject({ kind: 'not_sent' });
  expect(workos.control.requests).toEqual([]);
});

it('a password reset tells the daily quota from the rate limit', async () => {
  workos.control.resetRules.dailyQuota = 0;
  expect(await send()).toEqual({ kind: 'quota_used_up', retryAfterSeconds: undefined });
  const headers = { 'retry-after': '7' };
  workos.control.onRequest = () => ({ kind: 'status', status: 429, headers });
  expect(await send()).toEqual({ kind: 'rate_limited', retryAfterSeconds: 7 });
});

it('a password reset counts as refused only when the answer is in the form of WorkOS', async () => {
  workos.control.resetRules.notAllowed.add('user_ada');
  expect(await send()).toEqual({ kind: 'not_allowed', code: 'password_reset_not_allowed' });
  workos.control.onRequest = () => ({ kind: 'html', status: 404 });
  expect(await send()).toEqual({ kind: 'in_doubt', reason: 'status_404' });
  workos.control.onRequest = () => ({ kind: 'status', status: 400, body: null });
  expect(await send()).toEqual({ kind: 'refused', code: 'status_400' });
});
