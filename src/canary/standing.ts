import { fillAttributes } from './fill-attributes.ts';
import { findOwn } from './make-profile.ts';
import { type CanaryClient, identityOf, SIMULATOR, STANDING } from './mark.ts';
import { passwordOf, usernameOf } from './pool-facts.ts';
import { byTrigger } from './steps/by-trigger.ts';
import { renameAndSignIn } from './steps/rename.ts';
import { signInNote } from './steps/sign-in.ts';
import { arrived, failed, late, type StepOutcome } from './steps/step-outcome.ts';
import type { CanaryWorld } from './world.ts';

type StandingWorld = Pick<
  CanaryWorld,
  'userPoolId' | 'facts' | 'pool' | 'appClients' | 'workos' | 'times' | 'clock' | 'attributes'
>;

/**
 * One run of the schedule: the standing user, which is made where it is missing and stays, signs in under a new name,
 * and WorkOS shows it. Sends no mail and leaves no new user behind.
 *
 * @param signal ends the waiting.
 */
export async function runStandingCanary(
  world: StandingWorld,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const client = await standingClient(world);
  if ('reason' in client) return failed(client.reason);
  const identity = identityOf(client, 'user');
  const username = usernameOf(world.facts, identity);
  const credentials = { username, password: passwordOf(world.facts, identity) };
  const sub = await standingSub(world, { identity, ...credentials });
  if ('reason' in sub) return failed(sub.reason);
  const profile = { identity, ...credentials, ...sub };
  const run = { client, pending: new Map<string, Date>(), signal };
  const renamed = await renameAndSignIn(world, run, profile, nameOf(world.clock()), isLater);
  if (renamed.kind === 'refused') return failed(renamed.reason);
  const { waited, signIn } = renamed;
  const note = signInNote(signIn);
  if (waited.kind === 'came') {
    return byTrigger(world.facts, 'PreAuthentication', arrived(waited.seconds, note ?? null));
  }
  const what = `the standing user ${sub.sub} signed in, and its new name is not in WorkOS`;
  return late(waited, note === undefined ? what : `${what} (${note})`);
}

/** Of the same length until 2059, and in the order of the runs. */
function nameOf(now: Date): string {
  return `Canary-${now.getTime().toString(36)}`;
}

/**
 * Two runs at once (EventBridge may start one twice, and another stage may have the same pool) rename the same user:
 * the earlier one takes the name of the later one for an answer, because a sign-in after its own has arrived.
 */
function isLater(shown: string, name: string): boolean {
  return shown.length === name.length && shown.startsWith('Canary-') && shown > name;
}

async function standingClient(world: StandingWorld): Promise<CanaryClient | { reason: string }> {
  const listed = await world.appClients.list();
  if (listed.kind === 'refused') return listed;
  const standing = listed.value.filter(({ name }) => name.run === STANDING);
  // Two runs at once may have made one each: every run takes the same of them.
  const [first] = standing.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  if (first) return first;
  const created = await world.appClients.create({ run: STANDING, mailbox: SIMULATOR });
  return created.kind === 'ok' ? created.value : created;
}

async function standingSub(
  world: StandingWorld,
  profile: {
    identity: ReturnType<typeof identityOf>;
    username: string;
    password: string;
  },
): Promise<{ sub: string } | { reason: string }> {
  const found = await findOwn(world, profile);
  if (found.kind === 'refused') return found;
  // A run that ended between the two requests has left a temporary password.
  if (found.value && found.value.status !== 'CONFIRMED') {
    const set = await world.pool.setPassword(profile);
    return set.kind === 'ok' ? found.value : set;
  }
  if (found.value) return found.value;
  const { facts, attributes } = world;
  const created = await world.pool.create(STANDING, profile, {
    ...fillAttributes(facts.schema, profile.identity, attributes),
    email_verified: 'true',
  });
  if (created.kind === 'refused') return created;
  const made = await findOwn(world, profile);
  if (made.kind === 'refused') return made;
  return made.value ?? { reason: 'the standing user that was made is gone' };
}
