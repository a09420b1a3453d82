import type { CognitoAnswer } from './call-cognito.ts';
import { fillAttributes, type ProfileAttributes } from './fill-attributes.ts';
import type { CanaryProfile } from './pool-actions.ts';
import type { CanaryProfileInUse, CanaryRun, CanaryWorld } from './world.ts';

/**
 * How a profile came to be. `confirmed`: by a sign-up, which calls PostConfirmation; `created`: by an administrator,
 * which calls no trigger, because of `why`.
 */
export type MadeProfile =
  | { kind: 'confirmed'; profile: CanaryProfile }
  | { kind: 'created'; profile: CanaryProfile; why: string }
  | { kind: 'refused'; why: string; isTriggers: boolean };

/** A Lambda trigger of the pool has refused or failed (API reference, SignUp: Errors). */
const OF_A_TRIGGER = /^(UserLambdaValidation|UnexpectedLambda|InvalidLambdaResponse)Exception$/;

/**
 * Has a profile of the canary's signed up and confirmed; where the pool does not allow that, an administrator makes
 * it, without a mail.
 *
 * @param options.verified whether an administrator says that the address is verified.
 * @param options.asksForCode whether the code of the mail is asked for, where the operator can type it.
 */
export async function makeProfile(
  world: CanaryWorld,
  run: CanaryRun,
  profile: CanaryProfileInUse,
  options: { verified: boolean; asksForCode: boolean },
): Promise<MadeProfile> {
  const { facts, pool } = world;
  if (facts.signUpClosed !== undefined) {
    return createProfile(world, run, profile, { ...options, why: facts.signUpClosed });
  }
  const attributes = attributesOf(world, profile);
  run.signal.throwIfAborted();
  const signedUp = await pool.signUp(run.client, profile, attributes);
  // Also after a refusal: a lost answer, or a mail that could not be sent, leaves a user.
  const found = await findOwn(world, profile);
  if (found.kind === 'refused') return { kind: 'refused', why: found.reason, isTriggers: false };
  if (!found.value) {
    const why = signedUp.kind === 'refused' ? signedUp.reason : 'the user who signed up is gone';
    return createProfile(world, run, profile, { ...options, why });
  }
  return confirmProfile(world, run, profile, { found: found.value, ...options });
}

async function confirmProfile(
  world: CanaryWorld,
  run: CanaryRun,
  profile: CanaryProfileInUse,
  { found, asksForCode }: { found: CanaryProfile; asksForCode: boolean },
): Promise<MadeProfile> {
  const { pool } = world;
  // A Pre-Sign-up trigger may confirm users by itself.
  if (found.status !== 'UNCONFIRMED') {
    run.pending.set(found.sub, world.clock());
    profile.sub = found.sub;
    return { kind: 'confirmed', profile: found };
  }
  const code = asksForCode ? await world.askForCode?.(profile.identity.address) : undefined;
  run.signal.throwIfAborted();
  run.pending.set(found.sub, world.clock());
  const confirmed =
    code === undefined
      ? await pool.confirm(run.client.name.run, profile.username)
      : await pool.confirmWithCode(run.client, profile.username, code);
  const now = await findOwn(world, profile);
  const isConfirmed = now.kind === 'ok' && now.value?.status === 'CONFIRMED';
  if (isConfirmed) profile.sub = found.sub;
  else run.pending.delete(found.sub);
  // The answer was lost, or sent twice: Cognito refuses to confirm one who is confirmed.
  const isOwnRefusal = confirmed.kind === 'refused' && !OF_A_TRIGGER.test(confirmed.code);
  if (isConfirmed && now.value && (confirmed.kind === 'ok' || isOwnRefusal)) {
    return { kind: 'confirmed', profile: now.value };
  }
  return {
    kind: 'refused',
    why: confirmed.kind === 'refused' ? confirmed.reason : 'the profile is not confirmed',
    isTriggers: confirmed.kind === 'refused' && OF_A_TRIGGER.test(confirmed.code),
  };
}

async function createProfile(
  world: CanaryWorld,
  run: CanaryRun,
  profile: CanaryProfileInUse,
  { verified, why }: { verified: boolean; why: string },
): Promise<MadeProfile> {
  const { pool } = world;
  run.signal.throwIfAborted();
  const created = await pool.create(run.client.name.run, profile, {
    ...attributesOf(world, profile),
    email_verified: String(verified),
  });
  const found = await findOwn(world, profile);
  if (found.kind === 'ok' && found.value) {
    profile.sub = found.value.sub;
    if (created.kind === 'ok') return { kind: 'created', profile: found.value, why };
  }
  const reasons = [created, found].flatMap((each) =>
    each.kind === 'refused' ? [each.reason] : [],
  );
  return { kind: 'refused', why: [why, ...reasons].join('; '), isTriggers: false };
}

/** What the pool requires, and a name, so that people see in both consoles what the user is. */
function attributesOf(
  { facts, attributes }: Pick<CanaryWorld, 'facts' | 'attributes'>,
  { identity }: Pick<CanaryProfileInUse, 'identity'>,
): ProfileAttributes {
  const { renamed, schema } = facts;
  const name = renamed && { [renamed.attribute]: renamed.fit('Canary') };
  return fillAttributes(schema, identity, { ...name, ...attributes });
}

/** The profile of that name, unless it is not the canary's: a phone number may be another user's. */
export async function findOwn(
  { pool }: Pick<CanaryWorld, 'pool'>,
  { username, identity }: Pick<CanaryProfileInUse, 'username' | 'identity'>,
): Promise<CognitoAnswer<CanaryProfile | undefined>> {
  const found = await pool.find(username);
  if (found.kind === 'refused') return found;
  const isOwn = found.value?.email?.toLowerCase() === identity.address;
  return { kind: 'ok', value: isOwn ? found.value : undefined };
}
