import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeMessage,
  deduplicationId,
  encodeGone,
  encodeMessage,
} from '../../src/user/message.ts';
import { at, federatedUser, observedUser } from '../fixtures/factories.ts';

describe('an encoded message', () => {
  it.each([
    ['native', observedUser()],
    ['federated', federatedUser({ enabled: true })],
  ])('decodes to the same %s user', (_, user) => {
    expect(decodeMessage(encodeMessage(user))).toEqual({ kind: 'message', user });
  });

  it('decodes to the same profile that is gone', () => {
    const { userPoolId, sub } = observedUser();
    const gone = { userPoolId, sub, observedAt: at(0) };
    expect(decodeMessage(encodeGone(gone))).toEqual({ kind: 'gone', gone });
  });

  it('contains only printable ASCII, which SQS accepts, for any name of the user', () => {
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
    ['a body that is not JSON', 'malformed_message', '{'],
    ['no envelope', 'malformed_message', '[]'],
    ['no user', 'malformed_message', '{"version":1}'],
    ['a profile that is gone without its sub', 'malformed_message', '{"version":1,"gone":{}}'],
    ['a newer version', 'unsupported_version', JSON.stringify({ version: 2, user: {} })],
  ])('that has %s is reported as %s', (_, reason, body) => {
    expect(decodeMessage(body)).toMatchObject({ kind: 'malformed', reason });
  });

  it('that has a malformed field is reported with the name of the field and not its value', () => {
    const body = JSON.stringify({ version: 1, user: { ...observedUser(), sub: 'ada @example' } });
    expect(decodeMessage(body)).toMatchObject({ kind: 'malformed', detail: 'bad: sub' });
  });
});

describe('the deduplication id', () => {
  const user = observedUser();

  it('is the same when Lambda retries an invocation', () => {
    const retry = { ...user, observedAt: at(3) };
    expect(deduplicationId(retry, 'request-1')).toBe(deduplicationId(user, 'request-1'));
  });

  it('differs between all three messages when a name changes from A to B and back to A', () => {
    const ids = [
      deduplicationId(user, 'request-1'),
      deduplicationId(observedUser({ name: 'B' }), 'request-2'),
      deduplicationId(user, 'request-3'),
    ];
    expect(new Set(ids).size).toBe(3);
  });

  it('has 64 hexadecimal digits, which SQS accepts', () => {
    expect(deduplicationId(user, 'request-1')).toMatch(/^[0-9a-f]{64}$/);
  });
});
