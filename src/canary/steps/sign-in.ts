import type { SrpAnswer } from '../../srp/sign-in.ts';
import type { CognitoAnswer } from '../call-cognito.ts';
import type { CanaryRun, CanaryWorld } from '../world.ts';
import { byTrigger } from './by-trigger.ts';
import { renameAndSignIn } from './rename.ts';
import { arrived, late, notProved, type StepOutcome } from './step-outcome.ts';

/** A sign-in brings a new name and the verified address to WorkOS: PreAuthentication. */
export async function proveSignIn(world: CanaryWorld, run: CanaryRun): Promise<StepOutcome> {
  const { sub } = run.user;
  if (sub === undefined) return notProved('there is no user to sign in');
  const renamed = await renameAndSignIn(world, run, { ...run.user, sub }, 'Canary-renamed');
  if (renamed.kind === 'refused') return notProved(renamed.reason);
  const { signIn, waited } = renamed;
  const note = signInNote(signIn);
  if (waited.kind === 'came') {
    return byTrigger(world.facts, 'PreAuthentication', arrived(waited.seconds, note ?? null));
  }
  // The first thing that a blocked sign-in would lack is the trigger.
  if (signIn.kind === 'refused' && world.facts.threatProtection) {
    return notProved(`${note}; threat protection is enforced and may have blocked the sign-in`);
  }
  const what = `the new name of ${sub} is not in WorkOS`;
  return late(waited, note === undefined ? what : `${what} (${note})`);
}

/** @returns undefined for one that was finished. */
export function signInNote(answer: CognitoAnswer<SrpAnswer>): string | undefined {
  if (answer.kind === 'refused') return `the sign-in was not finished: ${answer.reason}`;
  if (answer.value.kind === 'signed_in') return undefined;
  return `the sign-in was not finished: Cognito asks for ${answer.value.challenge}, after PreAuthentication`;
}
