import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { userRecordToUser } from '../../src/user/user-record.ts';
import { ADA, at, observedUser, POOL } from '../fixtures/factories.ts';

const NOW = new Date(at(0));
const read = (record: unknown) => userRecordToUser(record, POOL, NOW);
const toAttributes = (attributes: Record<string, unknown>) =>
  Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));

/** A record as the SDK returns it from ListUsers. */
function listed(partial: Record<string, unknown> = {}, attributes: Record<string, unknown> = {}) {
  return {
    Username: 'ada',
    Attributes: toAttributes({ ...ADA, ...attributes }),
    UserCreateDate: new Date(at(-100)),
    UserLastModifiedDate: new Date(at(-50)),
    Enabled: true,
    UserStatus: 'CONFIRMED',
    ...partial,
  };
}

describe('userRecordToUser', () => {
  it('gives an observed user with the mirrored attributes and no others', () => {
    expect(read(listed())).toEqual({
      kind: 'user',
      user: observedUser({ enabled: true, observedAt: at(0), modifiedAt: at(-50) }),
    });
  });

  it.each([
    ['epoch seconds', 1700000000.123],
    ['ISO 8601', '2023-11-14T22:13:20.123000+00:00'],
    ['Date objects', new Date('2023-11-14T22:13:20.123Z')],
  ])('reads when the user was modified from dates that are %s', (_, date) => {
    const record = listed({ UserCreateDate: date, UserLastModifiedDate: date });
    expect(read(record)).toMatchObject({ user: { modifiedAt: '2023-11-14T22:13:20.123Z' } });
  });

  it.each([undefined, null, 'yesterday', {}])(
    'gives a user without modifiedAt when the date is %s',
    (date) => {
      const undated = read(listed({ UserLastModifiedDate: date }));
      expect(undated).toMatchObject({ kind: 'user', user: { sub: ADA.sub } });
      expect(undated).not.toHaveProperty('user.modifiedAt');
    },
  );

  it('reads an answer of AdminGetUser like a record of ListUsers', () => {
    const { Attributes, ...rest } = listed();
    expect(read({ ...rest, UserAttributes: Attributes })).toEqual(read(listed()));
  });

  it.each(['UNCONFIRMED', 'EXTERNAL_PROVIDER', 'RESET_REQUIRED', 'FORCE_CHANGE_PASSWORD'])(
    'keeps the status %s and that the user is disabled',
    (UserStatus) => {
      const user = { status: UserStatus, enabled: false };
      expect(read(listed({ UserStatus, Enabled: false }))).toMatchObject({ kind: 'user', user });
    },
  );

  it('reads identities from a JSON string', () => {
    const identities = '[{"userId":"1","providerName":"Google","providerType":"Google"}]';
    expect(read(listed({}, { identities }))).toMatchObject({
      user: { identities: [{ providerName: 'Google', userId: '1', primary: false }] },
    });
  });
});

describe('userRecordToUser of a malformed record', () => {
  it.each([
    ['a record without a username', listed({ Username: undefined }), 'Username', { sub: ADA.sub }],
    [
      'a record without attributes',
      listed({ Attributes: undefined }),
      'Attributes',
      { username: 'ada' },
    ],
    ['a record without a sub', listed({}, { sub: undefined }), 'sub', { username: 'ada' }],
    [
      'a record with a sub that SQS would refuse',
      listed({}, { sub: 'a b' }),
      'sub',
      { username: 'ada' },
    ],
    [
      'a record with identities that are not JSON',
      listed({}, { identities: '[{' }),
      'identities',
      { sub: ADA.sub },
    ],
    [
      'a record whose Enabled is not a boolean',
      listed({ Enabled: 'no' }),
      'Enabled',
      { sub: ADA.sub },
    ],
    ['null', null, 'the whole record', {}],
  ])('names the bad field, and the sub or username, of %s', (_, record, field, whose) => {
    expect(read(record)).toMatchObject({
      kind: 'malformed',
      reason: expect.stringContaining(field),
      ...whose,
    });
  });

  it('shows no value of the record in its reason', () => {
    const secrets = { Username: 'ada', Enabled: 'secret-1', UserStatus: { s: 'secret-2' } };
    const attributes = { email: 'secret-3', identities: 'secret-4' };
    for (const record of [listed(secrets, attributes), listed({}, attributes)]) {
      expect(JSON.stringify(read(record))).not.toContain('secret');
    }
  });

  it('reports any other value as malformed without throwing', () => {
    const record = fc.oneof(
      fc.anything(),
      fc.record({ Username: fc.anything(), Attributes: fc.anything() }),
      fc.record({ Username: fc.string(), Attributes: fc.array(fc.anything()) }),
    );
    fc.assert(
      fc.property(record, (each) => {
        expect(read(each).kind).toBe('malformed');
      }),
    );
  });
});
