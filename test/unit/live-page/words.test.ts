import { describe, expect, it } from 'vitest';
import type { ShownProfile, ShownUser } from '../../../local/events/shown.ts';
import { profileTags, standingOf, userTags } from '../../../local/live-page/public/words.js';

const PROFILE: ShownProfile = {
  sub: 'sub-grace',
  email: 'grace@example.com',
  isVerified: true,
  name: 'Grace Hopper',
  status: 'CONFIRMED',
  isEnabled: true,
  providers: [],
};
const USER: ShownUser = {
  id: 'user_1',
  email: PROFILE.email,
  isVerified: true,
  name: PROFILE.name,
  externalId: PROFILE.sub,
  auth: ['password'],
  providers: [],
  clients: [],
  linked: [],
  hasSignedIn: false,
  isMailed: false,
};

describe("the live page's words", () => {
  it.each<[string, Partial<ShownProfile>]>([
    ['not mirrored: disabled', { isEnabled: false }],
    ['not mirrored: no email', { email: '' }],
    ['not mirrored: not confirmed', { status: 'UNCONFIRMED' }],
    ['not in WorkOS yet', {}],
  ])('say of a profile that WorkOS does not have: %s', (text, change) => {
    expect(standingOf({ ...PROFILE, ...change }, undefined, undefined).text).toBe(text);
  });

  it('say that a second profile of a person is linked', () => {
    const holder = { ...USER, externalId: 'sub-other', linked: [PROFILE.sub] };
    expect(standingOf(PROFILE, undefined, holder)).toEqual({ tone: 'linked', text: 'linked' });
  });

  it('say why a profile is in conflict', () => {
    const outcome = { outcome: 'conflict', reason: 'unverified_in_workos' };
    expect(standingOf(PROFILE, outcome, undefined).text).toBe('conflict: unverified in WorkOS');
  });

  it('say that a banned user can still sign in to WorkOS', () => {
    const banned = { ...PROFILE, isEnabled: false };
    expect(standingOf(banned, undefined, USER).text).toBe('disabled, still in WorkOS');
  });

  it('say how a person signs in on both sides, and what becomes of the password', () => {
    const google = { ...PROFILE, status: 'EXTERNAL_PROVIDER', providers: ['Google'] };
    expect(profileTags(google)).toEqual(['Google', 'address verified']);
    const both = { ...USER, auth: ['password', 'federated', 'carried'], providers: ['Google'] };
    expect(userTags({ ...both, linked: ['sub-2'] })).toEqual([
      'password + Google',
      'keeps the password of Cognito',
      '1 more Cognito profile linked',
    ]);
  });

  it('say of a WorkOS user without an external id that it is not from Cognito', () => {
    expect(userTags({ ...USER, externalId: '', auth: [], isVerified: false })).toEqual([
      'not from Cognito',
      'address not verified',
    ]);
  });
});
