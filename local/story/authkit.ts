import type { StrictUser } from '../emulators/workos.ts';
import type { LocalSystem } from '../local-system.ts';
import type { Teller } from './teller.ts';

/** What people do on WorkOS's hosted pages. */
export type Authkit = {
  /** Signs up with an address that WorkOS has not verified, and a password of one's own. */
  register(email: string, password: string): void;
  /** Rejects unless WorkOS takes the password: its authentication API, as AuthKit's own pages do it. */
  signIn(email: string, password: string): Promise<void>;
  /** Throws where the address was mailed to reset the password. */
  expectNoMail(email: string): void;
  /** The user's own edit of the profile. */
  rename(email: string, firstName: string): void;
  /** Rejects where the password opens the account. */
  expectNoEntry(email: string, password: string): void;
};

export function createAuthkit(
  { workos }: Pick<LocalSystem, 'workos'>,
  teller: Pick<Teller, 'tell'>,
): Authkit {
  const { control } = workos;
  function userAt(email: string): StrictUser {
    const user = control.userByEmail(email);
    if (!user) throw new Error(`${email} is not in WorkOS`);
    return user;
  }
  return {
    register(email, password) {
      control.register({ email, password });
      teller.tell('AuthKit', `a stranger registers ${email}: not verified`);
    },
    async signIn(email, password) {
      const response = await fetch(`${workos.url}/user_management/authenticate`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          client_id: 'client_local',
          client_secret: workos.apiKey,
          grant_type: 'password',
          email,
          password,
        }),
      });
      if (!response.ok) {
        throw new Error(`${email} cannot sign in to WorkOS: ${await response.text()}`);
      }
      teller.tell('AuthKit', `${email} signs in with the password of Cognito`);
    },
    expectNoMail(email) {
      const mails = control.resets.filter((reset) => reset.email === email);
      if (mails.length > 0) throw new Error(`${email} got a mail`);
      teller.tell('AuthKit', `no mail was sent to ${email}`);
    },
    rename(email, firstName) {
      control.updateUser(userAt(email).id, { first_name: firstName });
      teller.tell('AuthKit', `${email} is ${firstName} now`);
    },
    expectNoEntry(email, password) {
      if (control.verifyPassword(userAt(email).id, password)) {
        throw new Error(`the stranger's password opens ${email}`);
      }
      teller.tell('AuthKit', `the stranger's password no longer opens ${email}`);
    },
  };
}
