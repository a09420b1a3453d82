import fc from 'fast-check';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { forgetInPool, showInPool } from '../fixtures/cognito-records.ts';
import { at, federatedUser, observedUser } from '../fixtures/factories.ts';
import type { MirrorOnWorkos } from './mirror-on-workos.ts';

export const PROFILES = ['native', 'google', 'other', 'squatter'] as const;
const ADDRESSES = ['a', 'b', 'c'] as const;
export type ProfileName = (typeof PROFILES)[number];
export type Address = (typeof ADDRESSES)[number];

const profile = fc.constantFrom(...PROFILES);
export const address = fc.constantFrom(...ADDRESSES);

/** What may happen between two deliveries, on either side. */
export type AccountChange =
  | { kind: 'change'; profile: ProfileName; address: Address; verified: boolean; name: string }
  | { kind: 'remove'; profile: ProfileName }
  | { kind: 'observe'; profile: ProfileName }
  | { kind: 'deliver'; message: number }
  | { kind: 'verify_in_workos' | 'sign_in' | 'edit_metadata' | 'edit_name'; address: Address };
export const accountChange: fc.Arbitrary<AccountChange> = fc.oneof(
  fc.record({
    kind: fc.constant('change' as const),
    profile,
    address,
    verified: fc.boolean(),
    name: fc.constantFrom('A', 'B', 'C'),
  }),
  fc.record({ kind: fc.constant('remove' as const), profile }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('observe' as const), profile }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('deliver' as const), message: fc.nat(30) }),
  },
  fc.record({
    kind: fc.constantFrom('verify_in_workos', 'sign_in', 'edit_metadata', 'edit_name'),
    address,
  }),
);

let runs = 0;

/**
 * One run's Cognito: what it shows of each profile, and what it has ever verified for it. Each run has addresses
 * of its own.
 */
export function createAccountWorld(setting: MirrorOnWorkos) {
  const domain = `run-${runs++}.example`;
  const emailOf = (name: Address) => `${name}@${domain}`;
  const subOf = (name: ProfileName) => `${name}-${domain}`;
  const shown = new Map<string, ObservedUser>();
  const everVerified = new Map<string, Set<string>>();
  let clock = 0;

  return {
    domain,
    emailOf,
    subOf,
    shown,
    everVerified,
    now: () => at(++clock),
    show(name: ProfileName, where: Address, verified: boolean, givenName: string): void {
      const base = name === 'google' ? federatedUser() : observedUser();
      const email = emailOf(where);
      const emailVerified = verified && name !== 'squatter';
      const sub = subOf(name);
      const { familyName: _, ...nameless } = base;
      const user = { ...nameless, sub, username: sub, email, emailVerified, givenName };
      const observed = { ...user, observedAt: at(++clock) };
      shown.set(sub, observed);
      if (emailVerified) everVerified.set(sub, (everVerified.get(sub) ?? new Set()).add(email));
      showInPool(setting.cognito, observed);
    },
    remove(name: ProfileName): void {
      shown.delete(subOf(name));
      forgetInPool(setting.cognito, subOf(name));
    },
    workos: setting.workos.control,
    users: () => setting.workos.control.users().filter(({ email }) => email.endsWith(`@${domain}`)),
  };
}
export type AccountWorld = ReturnType<typeof createAccountWorld>;

/** A world with a squatter and the two profiles of the owner at one address, and another user. */
export function createPeopledWorld(setting: MirrorOnWorkos): AccountWorld {
  const world = createAccountWorld(setting);
  world.show('squatter', 'a', false, 'Mallory');
  world.show('google', 'a', true, 'G');
  world.show('native', 'a', true, 'N');
  world.show('other', 'b', true, 'O');
  return world;
}

/** @returns the observation to be delivered, if the change is a delivery. */
export function applyChange(
  world: AccountWorld,
  each: AccountChange,
  messages: ObservedUser[],
): ObservedUser | undefined {
  switch (each.kind) {
    case 'change':
      world.show(each.profile, each.address, each.verified, each.name);
      return undefined;
    case 'remove':
      world.remove(each.profile);
      return undefined;
    case 'observe': {
      const user = world.shown.get(world.subOf(each.profile));
      if (user) messages.push({ ...user, observedAt: world.now() });
      return undefined;
    }
    case 'deliver':
      return messages[each.message % Math.max(1, messages.length)];
    default: {
      const id = world.workos.userByEmail(world.emailOf(each.address))?.id;
      if (id) edit(world.workos, id, each.kind);
      return undefined;
    }
  }
}

function edit(
  workos: AccountWorld['workos'],
  id: string,
  kind: 'verify_in_workos' | 'sign_in' | 'edit_metadata' | 'edit_name',
) {
  const user = workos.users().find((each) => each.id === id);
  switch (kind) {
    case 'verify_in_workos':
      return workos.verifyEmail(id);
    case 'sign_in':
      // AuthKit refuses a sign-in while the address is not verified.
      return user?.email_verified ? workos.signIn(id) : undefined;
    case 'edit_metadata':
      return workos.updateUser(id, { metadata: { ...user?.metadata, crm: 'theirs' } });
    case 'edit_name':
      return workos.updateUser(id, { first_name: 'Chosen' });
  }
}
