import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { triggerEventToObservation } from '../../src/triggers/trigger-event.ts';
import { observedUser, triggerEvent } from '../fixtures/factories.ts';

const NOW = new Date(observedUser().observedAt);
const observe = (event: unknown) =>
  triggerEventToObservation(
    event,
    { sources: ['PreAuthentication_Authentication'], carriesPasswords: true },
    NOW,
  );
const observeAttributes = (userAttributes: Record<string, unknown>) => {
  const observation = observe(triggerEvent({ userAttributes }));
  if (observation.kind !== 'observed') throw new Error(observation.reason);
  return observation.user;
};

describe('triggerEventToObservation', () => {
  it('gives an observed user with the mirrored attributes and no others', () => {
    expect(observe(triggerEvent({}))).toEqual({
      kind: 'observed',
      triggerSource: 'PreAuthentication_Authentication',
      user: observedUser(),
    });
  });

  it.each([
    ['the string "true"', true, 'true'],
    ['the string "false"', false, 'false'],
    ['absent', false, undefined],
    ['the boolean true', true, true],
  ])('reads an email_verified that is %s as %s', (_, expected, email_verified) => {
    expect(observeAttributes({ email_verified }).emailVerified).toBe(expected);
  });

  it('tells of a password that was reset also where none is carried, and leaves the sealed one out', () => {
    const triggerSource = 'PostConfirmation_ConfirmForgotPassword';
    const request = { clientMetadata: { workos_password: 'a.b.c.d.e' } };
    const event = triggerEvent({ triggerSource, request });
    const told = (carriesPasswords: boolean) =>
      triggerEventToObservation(event, { sources: [triggerSource], carriesPasswords }, NOW);
    expect(told(true)).toMatchObject({ password: { sealed: 'a.b.c.d.e', isReset: true } });
    expect(told(false)).toMatchObject({ password: { isReset: true } });
    expect(JSON.stringify(told(false))).not.toContain('a.b.c.d.e');
  });

  it('leaves out attributes that are blank or undefined', () => {
    const user = observeAttributes({ email: ' ', given_name: '', family_name: undefined });
    expect(user).not.toHaveProperty('email');
    expect(user).not.toHaveProperty('givenName');
    expect(user).not.toHaveProperty('familyName');
  });

  it.each([
    ['a boolean', true],
    ['a string', 'true'],
  ])('reads identities from a JSON string whose primary is %s', (_, primary) => {
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

describe('triggerEventToObservation of another event', () => {
  it.each([
    ['an event of another trigger source', triggerEvent({ triggerSource: 'PreSignUp_SignUp' })],
    ['an event of a user who does not exist', triggerEvent({ request: { userNotFound: true } })],
    ['an event without a sub', triggerEvent({ userAttributes: { sub: undefined } })],
    ['an event with a sub that SQS would refuse', triggerEvent({ userAttributes: { sub: 'a b' } })],
    [
      'an event with identities that are not JSON',
      triggerEvent({ userAttributes: { identities: '[{' } }),
    ],
    ['an event without a request', { ...triggerEvent({}), request: undefined }],
    ['null', null],
    ['a string', 'event'],
  ])('ignores %s', (_, event) => {
    expect(observe(event).kind).toBe('ignored');
  });

  it('ignores any other value without throwing', () => {
    fc.assert(
      fc.property(fc.anything(), (event) => {
        expect(observe(event).kind).toBe('ignored');
      }),
    );
  });
});
