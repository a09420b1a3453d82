import { expect, it } from 'vitest';
import { fillAttributes } from '../../../src/canary/fill-attributes.ts';
import { poolToFacts } from '../../../src/canary/pool-facts.ts';

const IDENTITY = {
  address: 'canary@example.com',
  plainName: 'cws-canary-1',
  phone: '+12025550123',
  password: 'x',
};
const required = (Name: string, more: object = {}) => ({
  Name,
  Required: true,
  AttributeDataType: 'String' as const,
  ...more,
});
const fill = (...schema: ReturnType<typeof required>[]) => fillAttributes(schema, IDENTITY);

it('fills every standard attribute in the form that Cognito wants', () => {
  expect(
    fill(
      ...[
        'sub',
        'email',
        'phone_number',
        'birthdate',
        'locale',
        'zoneinfo',
        'preferred_username',
      ].map((name) => required(name)),
    ),
  ).toEqual({
    email: IDENTITY.address,
    phone_number: IDENTITY.phone,
    birthdate: '1990-01-31',
    locale: 'en-US',
    zoneinfo: 'Etc/UTC',
    preferred_username: IDENTITY.plainName,
  });
});

it('keeps to the length and the range of an attribute', () => {
  const filled = fill(
    required('nickname', { StringAttributeConstraints: { MinLength: '10', MaxLength: '12' } }),
    required('given_name', { StringAttributeConstraints: { MinLength: '1', MaxLength: '3' } }),
    required('custom:seats', {
      AttributeDataType: 'Number',
      NumberAttributeConstraints: { MinValue: '7', MaxValue: '9' },
    }),
    required('custom:debt', {
      AttributeDataType: 'Number',
      NumberAttributeConstraints: { MinValue: '-9', MaxValue: '-7' },
    }),
    required('custom:since', { AttributeDataType: 'DateTime' }),
    required('custom:member', { AttributeDataType: 'Boolean' }),
  );
  expect(filled).toMatchObject({
    nickname: 'Canaryxxxx',
    given_name: 'ary',
    'custom:seats': '7',
    'custom:debt': '-7',
    'custom:member': 'true',
  });
  expect(Date.parse(filled['custom:since'] ?? '')).not.toBeNaN();
});

it('takes what the operator gives, but no other address', () => {
  const given = { 'custom:plan': 'free', email: 'other@example.com' };
  expect(fillAttributes([], IDENTITY, given)).toEqual({
    'custom:plan': 'free',
    email: IDENTITY.address,
  });
});

it('sends no SMS to a number that does not exist: such a pool counts as closed to sign-ups', () => {
  const facts = poolToFacts({
    UsernameAttributes: ['phone_number'],
    AutoVerifiedAttributes: ['phone_number'],
  });
  expect(facts.signUpClosed).toContain('SMS');
  expect(facts.mails.count).toBe(0);
  expect(poolToFacts({ AutoVerifiedAttributes: ['email'] }).mails).toEqual({
    count: 2,
    fromCognito: true,
  });
});

it('knows at which triggers the pool calls the sync, and not another function', () => {
  const arn = 'arn:aws:lambda:eu-central-1:000000000000:function:';
  const { attached } = poolToFacts({
    LambdaConfig: {
      PostConfirmation: `${arn}welcome-mail`,
      PreAuthentication: `${arn}cognito-workos-sync-prod-preAuthentication`,
    },
  });
  expect(attached).toEqual(['PreAuthentication']);
});

it('renames the attribute that can change', () => {
  const immutable = (Name: string) => ({ Name, Mutable: false });
  expect(poolToFacts({ SchemaAttributes: [immutable('given_name')] }).renamed?.attribute).toBe(
    'name',
  );
  expect(
    poolToFacts({ SchemaAttributes: [immutable('given_name'), immutable('name')] }).renamed,
  ).toBeUndefined();
});
