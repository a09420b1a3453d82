import { describe, expect, it } from 'vitest';
import { userToNames } from '../../src/mirror/decide/names.ts';
import { observedUser } from '../fixtures/factories.ts';

const { givenName: _, familyName: __, ...nameless } = observedUser();

describe('the names in WorkOS', () => {
  it.each([
    ['given and family name', { givenName: 'Ada', familyName: 'King' }, ['Ada', 'King']],
    ['a full name alone', { name: 'Ada  King of Lovelace' }, ['Ada', 'King of Lovelace']],
    ['one word', { name: 'Ada' }, ['Ada', undefined]],
    ['a given name and a full one', { givenName: 'A.', name: 'Ada King' }, ['A.', 'King']],
    ['a family name and a full one', { familyName: 'L.', name: 'Ada King' }, ['Ada', 'L.']],
    ['nothing', {}, [undefined, undefined]],
  ])('from %s', (_case, names, [firstName, lastName]) => {
    const expected = { ...(firstName && { firstName }), ...(lastName && { lastName }) };
    expect(userToNames({ ...nameless, ...names })).toEqual(expected);
  });
});
