import { makeProfile } from '../make-profile.ts';
import { waitFor } from '../wait.ts';
import type { CanaryRun, CanaryWorld } from '../world.ts';
import { byTrigger } from './by-trigger.ts';
import { arrived, failed, late, notProved, type StepOutcome } from './step-outcome.ts';

const WHERE_TO_LOOK = 'npx cws triggers and npx cws redrive say where it may be';

/** A user who signs up and is confirmed arrives in WorkOS: PostConfirmation. */
export async function proveSignUp(world: CanaryWorld, run: CanaryRun): Promise<StepOutcome> {
  const { workos, times } = world;
  const made = await makeProfile(world, run, run.user, { verified: true, asksForCode: true });
  switch (made.kind) {
    case 'refused':
      return made.isTriggers ? failed(made.why) : notProved(made.why);
    case 'created':
      return notProved(
        `${made.why}: an administrator made the canary's user, which calls no PostConfirmation`,
      );
    case 'confirmed':
  }
  const { sub } = made.profile;
  const waited = await waitFor(() => workos.users.findByExternalId(sub, run.signal), {
    ...times,
    signal: run.signal,
  });
  if (waited.kind === 'late') {
    return late(waited, `no WorkOS user with the external id ${sub} (${WHERE_TO_LOOK})`);
  }
  run.pending.delete(sub);
  return byTrigger(world.facts, 'PostConfirmation', arrived(waited.seconds));
}
