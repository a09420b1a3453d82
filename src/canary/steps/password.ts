import { RetryableError } from '../../workos/users.ts';
import { waitFor } from '../wait.ts';
import type { CanaryRun, CanaryWorld } from '../world.ts';
import { signInNote } from './sign-in.ts';
import { arrived, failed, late, notProved, type StepOutcome } from './step-outcome.ts';

/** WorkOS has taken the password and asks for something beside it (reference, authentication errors). */
const TAKEN = new Set(['mfa_enrollment', 'mfa_challenge', 'organization_selection_required']);
/** The environment signs no user in with a password, or not here. */
const NOT_BY_PASSWORD = new Set([
  'email_password_auth_disabled',
  'authentication_method_not_allowed',
  'sso_required',
]);
/** Said of the client id, not of the user (RFC 6749, 5.2). */
const OF_THE_CLIENT_ID = new Set(['invalid_client', 'unauthorized_client', 'not_found']);

/** A password that is sealed at the sign-in opens the account at WorkOS. */
export async function provePassword(world: CanaryWorld, run: CanaryRun): Promise<StepOutcome> {
  const { passwords, pool, workos, times } = world;
  const { sub, username, password, identity } = run.user;
  if (passwords.kind !== 'on') return notProved(passwords.reason);
  if (sub === undefined) return notProved('there is no user to sign in');
  const sealed = await passwords.seal({ username, password });
  run.signal.throwIfAborted();
  run.pending.set(sub, world.clock());
  const signIn = await pool.signIn(run.client, run.user, { workos_password: sealed });
  const note = signInNote(signIn);
  // The password travels with Post-Authentication, the last trigger of a sign-in.
  if (note !== undefined) return notProved(note);
  const waited = await waitFor(
    async () => {
      const user = await workos.users.findByExternalId(sub, run.signal);
      return user?.metadata.cognito_auth?.split('+').includes('carried') ? user : undefined;
    },
    { ...times, signal: run.signal },
  );
  if (waited.kind === 'late') {
    return late(
      waited,
      `the WorkOS user of ${sub} is not tagged carried (the consumer logs "password not carried" with the reason)`,
    );
  }
  run.pending.delete(sub);
  if (!workos.signIn) {
    return notProved(
      'the hash was carried; the sign-in at WorkOS was not tried: give --workos-client-id',
      waited.seconds,
    );
  }
  return signInAtWorkos(workos.signIn, { email: identity.address, password }, waited.seconds);
}

async function signInAtWorkos(
  signIn: NonNullable<CanaryWorld['workos']['signIn']>,
  credentials: { email: string; password: string },
  seconds: number,
): Promise<StepOutcome> {
  try {
    const answer = await signIn(credentials);
    if (answer.kind === 'signed_in') return arrived(seconds);
    const { code } = answer;
    if (TAKEN.has(code)) return arrived(seconds, `WorkOS takes the password and asks for ${code}`);
    if (OF_THE_CLIENT_ID.has(code)) {
      return notProved(
        `the hash was carried; WorkOS does not take the client id (${code}): check --workos-client-id`,
        seconds,
      );
    }
    const said = `WorkOS refuses the sign-in with the carried password (${code})`;
    return NOT_BY_PASSWORD.has(code) ? notProved(said, seconds) : failed(said, seconds);
  } catch (error) {
    if (!(error instanceof RetryableError)) throw error;
    return notProved(error.message, seconds);
  }
}
