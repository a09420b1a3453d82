import { describe, expect, it } from 'vitest';
import { userToNames } from '../../src/mirror/decide/names.ts';
import { observedUser } from '../fixtures/factories.ts';

const { givenName: _, familyName: __, ...nameless } = observedUser();

describe('userToNames', () => {
  it.each([
    ['a given and a family name', { givenName: 'Ada', familyName: 'King' }, ['Ada', 'King']],
    [
      'a full name of several words alone',
      { name: 'Ada  King of Lovelace' },
      ['Ada', 'King of Lovelace'],
    ],
    ['a full name of one word', { name: 'Ada' }, ['Ada', undefined]],
    ['a given name and a full name', { givenName: 'A.', name: 'Ada King' }, ['A.', 'King']],
    ['a family name and a full name', { familyName: 'L.', name: 'Ada King' }, ['Ada', 'L.']],
    ['no name', {}, [undefined, undefined]],
  ])('gives WorkOS first and last name from %s', (_case, names, [firstName, lastName]) => {
    const expected = { ...(firstName && { firstName }), ...(lastName && { lastName }) };
    expect(userToNames({ ...nameless, ...names })).toEqual(expected);
  });
});
