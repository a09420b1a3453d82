import { expect, it } from 'vitest';
import { judgeContent } from '../../../src/passwords/judge-content.ts';
import { at, observedUser } from '../../fixtures/factories.ts';

const SEALED = { password: 'correct horse', username: 'ada', iat: Date.parse(at(0)) / 1000 };

it('a phone number in a seal is left to Cognito, and so is a name in another case', () => {
  for (const username of ['+491234567', 'ADA']) {
    const judged = judgeContent({ ...SEALED, username }, observedUser());
    expect(judged).toEqual({ kind: 'ask', password: 'correct horse', username });
  }
});

it('an address in a seal counts in ASCII lower case only, and only where Cognito has verified it', () => {
  const judge = (email: string, emailVerified: boolean, username: string) =>
    judgeContent({ ...SEALED, username }, observedUser({ email, emailVerified })).kind;
  expect(judge('kim@example.com', true, 'Kim@EXAMPLE.com')).toBe('theirs');
  expect(judge('kim@example.com', true, '\u212Aim@example.com')).toBe('ask');
  expect(judge('kim@example.com', false, 'kim@example.com')).toBe('ask');
});

it('a seal without a username is malformed also where the observed user has no address', () => {
  const { email: _, ...nobody } = observedUser();
  const { username: _name, ...nameless } = SEALED;
  expect(judgeContent(nameless, nobody)).toEqual({ kind: 'unusable', reason: 'malformed' });
});
