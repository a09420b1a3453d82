import type { LocalPeople } from '../people.ts';
import { PASSWORD } from '../people.ts';
import type { Authkit } from './authkit.ts';
import type { Canary } from './canary.ts';
import type { Cutover } from './cutover.ts';
import type { Operator } from './operator.ts';
import type { Passwords } from './passwords.ts';

/** Everybody who does something in the story. */
export type Cast = {
  people: LocalPeople;
  operator: Operator;
  cutover: Cutover;
  authkit: Authkit;
  passwords: Passwords;
  canary: Canary;
  /** Deploys with observeChanges=true: CloudTrail reports what is done to the pool. */
  observeChanges(): void;
};

export type Chapter = { title: string; act(cast: Cast): Promise<void> | void };

/** Three of those who are in the pool already. */
const NOOR = 'noor.haddad@example.com';
const MEI = 'mei.haddad@example.com';
const ZOE = 'zoe.haddad@example.com';

const ADA = 'ada@example.com';
const ADA_LATER = 'ada.lovelace@example.com';
const GRACE = 'grace@example.com';
const ALAN = 'alan@example.com';
const KATHERINE = 'katherine@example.com';
const HEDY = 'hedy@example.com';
const MALLORY = 'mallory@example.com';
const ROSALIND = 'rosalind@example.com';
const DOROTHY = 'dorothy@example.com';
/** Of the stranger who registers Rosalind's address in AuthKit. */
const STRANGERS_PASSWORD = 'a-password-of-a-stranger';

const ALAN_AT_GOOGLE = {
  userId: '104857600000000000001',
  email: ALAN,
  emailVerified: true,
  givenName: 'Alan',
  familyName: 'Turing',
};
const GRACE_AT_GOOGLE = {
  userId: '104857600000000000002',
  email: GRACE,
  emailVerified: true,
  name: 'Grace Hopper',
};

/** What happens in a user pool, from one day to the next, in the order in which it happens. */
export const STORY: readonly Chapter[] = [
  {
    title: 'The pool has been in use for years: npx cws seed brings its users to WorkOS',
    async act({ operator }) {
      await operator.count();
      await operator.seed();
    },
  },
  {
    title: 'npx cws seed once more: nothing has changed, so nothing is written',
    act: ({ operator }) => operator.seed(),
  },
  {
    title:
      'The patrol makes its first round in the deployed stack: it publishes everybody, and asks WorkOS nothing about those who did not change',
    act: ({ operator }) => operator.patrol(),
  },
  {
    title: 'Noor, one of them, signs in: nothing to write either',
    act: ({ people }) => people.signIn(NOOR),
  },
  {
    title: 'Mei, another one, takes a longer given name; her next sign-in shows it',
    async act({ people }) {
      await people.change(MEI, { given_name: 'Mei-Lin' });
      await people.signIn(MEI);
    },
  },
  {
    title: 'Ada signs up and confirms her address',
    async act({ people }) {
      await people.signUp(ADA, { given_name: 'Ada', family_name: 'Byron' });
      await people.confirm(ADA);
    },
  },
  {
    title: 'Ada signs in: nothing has changed, so nothing is written',
    act: ({ people }) => people.signIn(ADA),
  },
  {
    title: 'Ada takes another family name; her next sign-in shows it',
    async act({ people }) {
      await people.change(ADA, { family_name: 'Lovelace' });
      await people.signIn(ADA);
    },
  },
  {
    title: 'Ada moves to another address, which is verified',
    async act({ people }) {
      await people.change(ADA, { email: ADA_LATER, email_verified: 'true' });
      await people.signIn(ADA_LATER);
    },
  },
  {
    title: 'Grace signs up with a full name in one attribute',
    async act({ people }) {
      await people.signUp(GRACE, { name: 'Grace Hopper' });
      await people.confirm(GRACE);
    },
  },
  {
    title: 'Grace also comes through Google: a second Cognito profile, the same person',
    act: ({ people }) => people.comeThroughGoogle(GRACE_AT_GOOGLE),
  },
  {
    title: 'Alan arrives through Google',
    act: ({ people }) => people.comeThroughGoogle(ALAN_AT_GOOGLE),
  },
  {
    title: 'Alan comes back through Google with a longer name',
    act: ({ people }) =>
      people.comeThroughGoogle({ ...ALAN_AT_GOOGLE, givenName: 'Alan Mathison' }),
  },
  {
    title: 'Alan signs up with a password too: that profile becomes the primary one',
    async act({ people }) {
      await people.signUp(ALAN, { given_name: 'Alan', family_name: 'Turing' });
      await people.confirm(ALAN);
    },
  },
  {
    title: 'An administrator makes Katherine; she is seen when she first signs in',
    async act({ people }) {
      await people.invite(KATHERINE, { given_name: 'Katherine', family_name: 'Johnson' });
      await people.acceptInvitation(KATHERINE);
    },
  },
  {
    title: 'Mallory signs up, never confirms and tries to sign in: not mirrored',
    async act({ people }) {
      await people.signUp(MALLORY, { given_name: 'Mallory' });
      await refused(people.signIn(MALLORY));
    },
  },
  {
    title: "A stranger registers Rosalind's address in AuthKit, with a password of their own",
    act: ({ authkit }) => authkit.register(ROSALIND, STRANGERS_PASSWORD),
  },
  {
    title: 'Rosalind signs up: linking her would open that password, so it is a conflict',
    async act({ people }) {
      await people.signUp(ROSALIND, { given_name: 'Rosalind', family_name: 'Franklin' });
      await people.confirm(ROSALIND);
    },
  },
  {
    title:
      'With carryPasswords=true: npx cws password-key prints a public key, and a new release of the application seals passwords for it at sign-in',
    act: ({ passwords }) => passwords.release(),
  },
  {
    title:
      'npx cws canary: throw-away users sign up and in, arrive in WorkOS with their password, and are removed again',
    act: ({ canary }) => canary.prove(),
  },
  {
    title: 'Zoë, one of those of the first day, signs in: her password goes to WorkOS as a hash',
    act: ({ people }) => people.signIn(ZOE),
  },
  {
    title: 'Dorothy signs up, with a sealed password',
    async act({ people }) {
      await people.signUp(DOROTHY, { given_name: 'Dorothy', family_name: 'Vaughan' });
      await people.confirm(DOROTHY);
    },
  },
  {
    title:
      'Dorothy is in the pilot: she signs in at AuthKit with that password, takes another name there, and then signs in to the old application, which still has the old one: hers stays',
    async act({ people, authkit }) {
      await authkit.signIn(DOROTHY, PASSWORD);
      authkit.rename(DOROTHY, 'Dot');
      await people.signIn(DOROTHY);
    },
  },
  {
    title:
      'An administrator makes Hedy, who never signs in: the next round of the patrol finds her',
    async act({ people, operator }) {
      await people.invite(HEDY, { given_name: 'Hedy', family_name: 'Lamarr' });
      await operator.patrol();
    },
  },
  {
    title:
      'With observeChanges=true CloudTrail reports changes: Ada, signed in for weeks, takes another given name, which arrives without a sign-in',
    async act({ people, observeChanges }) {
      observeChanges();
      await people.changeOwn(ADA_LATER, { given_name: 'Augusta Ada' });
    },
  },
  {
    title:
      'An administrator bans Katherine: WorkOS has no ban, so a metric and an alarm call for a person',
    act: ({ people }) => people.ban(KATHERINE),
  },
  {
    title: 'It was a mistake: the ban is lifted',
    act: ({ people }) => people.unban(KATHERINE),
  },
  {
    title: 'Noor deletes her account: with deletions=keep WorkOS keeps her',
    act: ({ people }) => people.leave(NOOR),
  },
  {
    title: 'What nothing in Cognito can report: Mei is edited in WorkOS',
    act: ({ cutover }) => cutover.editInWorkos(MEI, { first_name: 'M.' }),
  },
  {
    title:
      'npx cws verify, the gate: it finds Mei and Noor, and those who were in conflict from the first day',
    act: ({ cutover }) => cutover.verify(),
  },
  {
    title: 'npx cws verify --fix: fixes what the mirror can fix, and deletes no user',
    act: ({ cutover }) => cutover.verify('--fix'),
  },
  {
    title:
      "npx cws verify --fix --take-over-unverified: Rosalind's account is hers, the stranger is out",
    async act({ cutover, authkit }) {
      await cutover.verify('--fix', '--take-over-unverified');
      authkit.expectNoEntry(ROSALIND, STRANGERS_PASSWORD);
    },
  },
  {
    title:
      'Conflicts are for people: these profiles never proved their address, so they are disabled',
    act: ({ cutover }) => cutover.settleConflicts(),
  },
  {
    title:
      'npx cws verify --fix --delete-extra --html: what is gone from Cognito is deleted in WorkOS, too, and there is a page for the meeting that decides',
    act: ({ cutover }) => cutover.report('--fix', '--delete-extra', '--yes'),
  },
  {
    title: 'npx cws reset-passwords: whom it would mail; nothing is sent',
    act: ({ cutover }) => cutover.resetPasswords(),
  },
  {
    title: 'npx cws reset-passwords --send --limit 30 --yes: the first thirty',
    act: ({ cutover }) => cutover.resetPasswords('--send', '--limit', '30', '--yes'),
  },
  {
    title: 'The same again: thirty others, no user twice',
    act: ({ cutover }) => cutover.resetPasswords('--send', '--limit', '30', '--yes'),
  },
  {
    title: 'The gate says',
    act: ({ cutover }) => cutover.ready(),
  },
  {
    title: 'The cutover: Zoë signs in to WorkOS, with her password of always, and without a mail',
    async act({ authkit }) {
      await authkit.signIn(ZOE, PASSWORD);
      authkit.expectNoMail(ZOE);
    },
  },
];

/** What Cognito has to refuse; it is no story if it does not. */
async function refused(attempt: Promise<void>): Promise<void> {
  const name = await attempt.then(
    () => 'no refusal',
    (error: Error) => error.name,
  );
  if (name !== 'UserNotConfirmedException') throw new Error(`unexpected answer: ${name}`);
}
