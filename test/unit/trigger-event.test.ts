import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { triggerEventToObservation } from '../../src/triggers/trigger-event.ts';
import { POOL, triggerEvent } from '../fixtures/factories.ts';

const NOW = new Date('2026-01-01T00:00:00.000Z');
const observe = (event: unknown) =>
  triggerEventToObservation(event, ['PreAuthentication_Authentication'], NOW);
const observeAttributes = (userAttributes: Record<string, unknown>) => {
  const observation = observe(triggerEvent({ userAttributes }));
  if (observation.kind !== 'observed') throw new Error(observation.reason);
  return observation.user;
};

describe('a trigger event', () => {
  it('becomes an observed user with the mirrored attributes and no others', () => {
    expect(observe(triggerEvent({}))).toEqual({
      kind: 'observed',
      triggerSource: 'PreAuthentication_Authentication',
      user: {
        userPoolId: POOL,
        sub: 'aaaaaaaa-0000-4000-8000-000000000001',
        username: 'ada',
        email: 'ada@example.com',
        emailVerified: true,
        givenName: 'Ada',
        familyName: 'Lovelace',
        status: 'CONFIRMED',
        identities: [],
        observedAt: NOW.toISOString(),
      },
    });
  });

  it.each([
    ['"true"', 'true', true],
    ['"false"', 'false', false],
    ['absent', undefined, false],
    ['a boolean', true, true],
  ])('with email_verified %s', (_, email_verified, expected) => {
    expect(observeAttributes({ email_verified }).emailVerified).toBe(expected);
  });

  it('has absent values rather than blank ones', () => {
    const user = observeAttributes({ email: ' ', given_name: '', family_name: undefined });
    expect(user).not.toHaveProperty('email');
    expect(user).not.toHaveProperty('givenName');
    expect(user).not.toHaveProperty('familyName');
  });

  it.each([
    ['a boolean', true],
    ['a string', 'true'],
  ])('has identities from a JSON string whose primary is %s', (_, primary) => {
    const identities = JSON.stringify([
      {
        userId: '112233',
        providerName: 'Google',
        providerType: 'Google',
        issuer: null,
        primary,
        dateCreated: '1700000000000',
      },
    ]);
    expect(observeAttributes({ identities }).identities).toEqual([
      { userId: '112233', providerName: 'Google', providerType: 'Google', primary: true },
    ]);
  });
});

describe('an event that is not ours is ignored', () => {
  it.each([
    ['another trigger source', triggerEvent({ triggerSource: 'PreSignUp_SignUp' })],
    ['an unknown user', triggerEvent({ request: { userNotFound: true } })],
    ['no sub', triggerEvent({ userAttributes: { sub: undefined } })],
    ['a sub that SQS would refuse', triggerEvent({ userAttributes: { sub: 'a b' } })],
    ['broken identities', triggerEvent({ userAttributes: { identities: '[{' } })],
    ['no request', { ...triggerEvent({}), request: undefined }],
    ['null', null],
    ['a string', 'event'],
  ])('%s', (_, event) => {
    expect(observe(event).kind).toBe('ignored');
  });

  it('whatever it is', () => {
    fc.assert(
      fc.property(fc.anything(), (event) => {
        expect(observe(event).kind).toBe('ignored');
      }),
    );
  });
});
