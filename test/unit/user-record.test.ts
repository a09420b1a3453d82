import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { userRecordToUser } from '../../src/user/user-record.ts';
import { at, POOL } from '../fixtures/factories.ts';

const SUB = 'aaaaaaaa-0000-4000-8000-000000000001';
const NOW = new Date(at(0));
const read = (record: unknown) => userRecordToUser(record, POOL, NOW);
const toAttributes = (attributes: Record<string, unknown>) =>
  Object.entries(attributes).map(([Name, Value]) => ({ Name, Value }));

const ADA = {
  sub: SUB,
  email: 'ada@example.com',
  email_verified: 'true',
  given_name: 'Ada',
  family_name: 'Lovelace',
  phone_number: '+491234567',
  'custom:plan': 'gold',
};

/** As the SDK gives it. */
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

describe('a user record', () => {
  it('becomes an observed user with the mirrored attributes and no others', () => {
    expect(read(listed())).toEqual({
      kind: 'user',
      user: {
        userPoolId: POOL,
        sub: SUB,
        username: 'ada',
        email: 'ada@example.com',
        emailVerified: true,
        givenName: 'Ada',
        familyName: 'Lovelace',
        status: 'CONFIRMED',
        enabled: true,
        identities: [],
        observedAt: at(0),
        modifiedAt: at(-50),
      },
    });
  });

  it.each([
    ['epoch seconds', 1700000000.123],
    ['ISO 8601', '2023-11-14T22:13:20.123000+00:00'],
    ['a date', new Date('2023-11-14T22:13:20.123Z')],
  ])('says when it was modified, where its dates are %s', (_, date) => {
    const record = listed({ UserCreateDate: date, UserLastModifiedDate: date });
    expect(read(record)).toMatchObject({ user: { modifiedAt: '2023-11-14T22:13:20.123Z' } });
  });

  it.each([undefined, null, 'yesterday', {}])('is a user without the date %s', (date) => {
    const undated = read(listed({ UserLastModifiedDate: date }));
    expect(undated).toMatchObject({ kind: 'user', user: { sub: SUB } });
    expect(undated).not.toHaveProperty('user.modifiedAt');
  });

  it('is the same when it is an answer of AdminGetUser', () => {
    const { Attributes, ...rest } = listed();
    expect(read({ ...rest, UserAttributes: Attributes })).toEqual(read(listed()));
  });

  it.each(['UNCONFIRMED', 'EXTERNAL_PROVIDER', 'RESET_REQUIRED', 'FORCE_CHANGE_PASSWORD'])(
    'keeps the status %s, and that the user is disabled',
    (UserStatus) => {
      const user = { status: UserStatus, enabled: false };
      expect(read(listed({ UserStatus, Enabled: false }))).toMatchObject({ kind: 'user', user });
    },
  );

  it('has identities from a JSON string', () => {
    const identities = '[{"userId":"1","providerName":"Google","providerType":"Google"}]';
    expect(read(listed({}, { identities }))).toMatchObject({
      user: { identities: [{ providerName: 'Google', userId: '1', primary: false }] },
    });
  });
});

describe('a malformed record says which field is bad, and whose it is', () => {
  it.each([
    ['no username', listed({ Username: undefined }), 'Username', { sub: SUB }],
    ['no attributes', listed({ Attributes: undefined }), 'Attributes', { username: 'ada' }],
    ['no sub', listed({}, { sub: undefined }), 'sub', { username: 'ada' }],
    ['a sub that SQS would refuse', listed({}, { sub: 'a b' }), 'sub', { username: 'ada' }],
    ['broken identities', listed({}, { identities: '[{' }), 'identities', { sub: SUB }],
    ['an Enabled of another type', listed({ Enabled: 'no' }), 'Enabled', { sub: SUB }],
    ['nothing but null', null, 'the whole record', {}],
  ])('%s', (_, record, field, whose) => {
    expect(read(record)).toMatchObject({
      kind: 'malformed',
      reason: expect.stringContaining(field),
      ...whose,
    });
  });

  it('and never shows a value', () => {
    const secrets = { Username: 'ada', Enabled: 'secret-1', UserStatus: { s: 'secret-2' } };
    const attributes = { email: 'secret-3', identities: 'secret-4' };
    for (const record of [listed(secrets, attributes), listed({}, attributes)]) {
      expect(JSON.stringify(read(record))).not.toContain('secret');
    }
  });

  it('whatever it is', () => {
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
