import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMessage, deduplicationId, encodeMessage } from '../../src/user/message.ts';
import { at, federatedUser, observedUser } from '../fixtures/factories.ts';

describe('a message', () => {
  it.each([
    ['native', observedUser()],
    ['federated', federatedUser({ enabled: true })],
  ])('brings a %s user back as it was', (_, user) => {
    expect(decodeMessage(encodeMessage(user))).toEqual({ kind: 'message', user });
  });

  it('holds only characters that SQS accepts, whatever a user is called', () => {
    const anyText = fc.string({ unit: 'binary', minLength: 1 });
    fc.assert(
      fc.property(anyText, (name) => {
        const body = encodeMessage(observedUser({ name }));
        expect(body).toMatch(/^[\x20-\x7e]*$/);
        expect(decodeMessage(body)).toMatchObject({ user: { name } });
      }),
    );
  });

  it.each([
    ['not JSON', '{', 'malformed_message'],
    ['no envelope', '[]', 'malformed_message'],
    ['no user', '{"version":1}', 'malformed_message'],
    ['a newer version', JSON.stringify({ version: 2, user: {} }), 'unsupported_version'],
  ])('that is %s is told apart', (_, body, reason) => {
    expect(decodeMessage(body)).toMatchObject({ kind: 'malformed', reason });
  });

  it('names the bad fields and not their values', () => {
    const body = JSON.stringify({ version: 1, user: { ...observedUser(), sub: 'ada @example' } });
    expect(decodeMessage(body)).toMatchObject({ detail: 'bad: sub' });
  });
});

describe('the deduplication id', () => {
  const user = observedUser();

  it('is the same for a retry of an invocation', () => {
    const retry = { ...user, observedAt: at(3) };
    expect(deduplicationId(retry, 'request-1')).toBe(deduplicationId(user, 'request-1'));
  });

  it('differs for the way back of A→B→A', () => {
    const ids = [
      deduplicationId(user, 'request-1'),
      deduplicationId(observedUser({ name: 'B' }), 'request-2'),
      deduplicationId(user, 'request-3'),
    ];
    expect(new Set(ids).size).toBe(3);
  });

  it('is one that SQS accepts', () => {
    expect(deduplicationId(user, 'request-1')).toMatch(/^[0-9a-f]{64}$/);
  });
});
