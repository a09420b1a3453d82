import type { SrpAnswer } from '../../srp/sign-in.ts';
import type { WorkosUser } from '../../workos/users.ts';
import type { CognitoAnswer } from '../call-cognito.ts';
import { type Waited, waitFor } from '../wait.ts';
import type { CanaryProfileInUse, CanaryRun, CanaryWorld } from '../world.ts';

/** What became of a new name. `signIn`: of the sign-in that shows it to PreAuthentication. */
export type Renamed =
  | { kind: 'refused'; reason: string }
  | { kind: 'shown'; signIn: CognitoAnswer<SrpAnswer>; waited: Waited<WorkosUser> };

const NOTHING_NEW =
  'a sign-in shows WorkOS nothing new: neither given_name nor name can change in the pool, and the address is verified';

/**
 * Gives the profile a new name and a verified address, signs in, and waits until WorkOS has both.
 *
 * @param name unlike every one before it.
 * @param isLater whether a name that WorkOS shows was given later than `name`: default, none is.
 */
export async function renameAndSignIn(
  world: Pick<CanaryWorld, 'facts' | 'pool' | 'workos' | 'times' | 'clock'>,
  run: Pick<CanaryRun, 'client' | 'pending' | 'signal'>,
  profile: CanaryProfileInUse & { sub: string },
  name: string,
  isLater: (shown: string, firstName: string) => boolean = () => false,
): Promise<Renamed> {
  const { facts, pool, workos, times, clock } = world;
  const { sub, username } = profile;
  const firstName = facts.renamed?.fit(name);
  if (firstName === undefined) {
    const shown = await workos.users.findByExternalId(sub, run.signal);
    if (shown?.emailVerified) return { kind: 'refused', reason: NOTHING_NEW };
  }
  run.signal.throwIfAborted();
  const updated = await pool.update(run.client.name.run, username, {
    // Together, so that Cognito takes the flag for this address, and mails no code.
    ...(facts.isEmailMutable && { email: profile.identity.address }),
    email_verified: 'true',
    ...(facts.renamed && firstName && { [facts.renamed.attribute]: firstName }),
  });
  if (updated.kind === 'refused') return updated;
  run.signal.throwIfAborted();
  run.pending.set(sub, clock());
  const signIn = await pool.signIn(run.client, profile);
  const waited = await waitFor(
    async () => {
      const user = await workos.users.findByExternalId(sub, run.signal);
      const shown = user?.firstName ?? '';
      const isNew = firstName === undefined || shown === firstName || isLater(shown, firstName);
      return user?.emailVerified && isNew ? user : undefined;
    },
    { ...times, signal: run.signal },
  );
  if (waited.kind === 'came') run.pending.delete(sub);
  return { kind: 'shown', signIn, waited };
}
