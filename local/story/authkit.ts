import type { StrictUser } from '../emulators/workos.ts';
import type { LocalSystem } from '../local-system.ts';
import type { Narrator } from './narrator.ts';

/** What people do on WorkOS's hosted pages. */
export type Authkit = {
  /** Signs up with an address that WorkOS has not verified, and a password of one's own. */
  register(email: string, password: string): void;
  signIn(email: string): void;
  /** The user's own edit of the profile. */
  rename(email: string, firstName: string): void;
  /** Rejects where the password opens the account. */
  expectNoEntry(email: string, password: string): void;
};

export function createAuthkit(
  { workos: { control } }: Pick<LocalSystem, 'workos'>,
  narrator: Pick<Narrator, 'tell'>,
): Authkit {
  function userAt(email: string): StrictUser {
    const user = control.userByEmail(email);
    if (!user) throw new Error(`${email} is not in WorkOS`);
    return user;
  }
  return {
    register(email, password) {
      control.register({ email, password });
      narrator.tell('AuthKit', `a stranger registers ${email}: not verified`);
    },
    signIn(email) {
      control.signIn(userAt(email).id);
      narrator.tell('AuthKit', `${email} signs in`);
    },
    rename(email, firstName) {
      control.updateUser(userAt(email).id, { first_name: firstName });
      narrator.tell('AuthKit', `${email} is ${firstName} now`);
    },
    expectNoEntry(email, password) {
      if (control.verifyPassword(userAt(email).id, password)) {
        throw new Error(`the stranger's password opens ${email}`);
      }
      narrator.tell('AuthKit', `the stranger's password no longer opens ${email}`);
    },
  };
}
