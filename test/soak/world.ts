import { setTimeout as delay } from 'node:timers/promises';
import type { StrictUser, StrictWorkos } from '../../local/emulators/workos.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { showInPool } from '../fixtures/cognito-records.ts';
import { googleIdentity, observedUser } from '../fixtures/factories.ts';
import type { DualRun } from '../rigs/dual-run.ts';

/** A Cognito profile as it is now, and how many observations of it were sent. */
export type SoakProfile = { now: ObservedUser; observations: number };

/** What the oracle compares with: Cognito's profiles now, and the WorkOS users from before the soak. */
export type SoakWorld = {
  profiles: Map<string, SoakProfile>;
  /** By address. */
  before: Map<string, StrictUser>;
  messages: number;
  /** Plays the story of the next kind of person; resolves when it ends, after some seconds. */
  begin(): Promise<void>;
};

type SoakStory = (person: SoakPerson) => Promise<void>;

/** One address and the profiles of its owner, or of an owner and an attacker. */
type SoakPerson = {
  name: string;
  email: string;
  native(partial?: Partial<ObservedUser>): ObservedUser;
  federated(provider: string, partial?: Partial<ObservedUser>): ObservedUser;
  existing(partial?: Partial<StrictUser>): void;
};

const PROVIDERS = ['Google', 'Facebook', 'LoginWithAmazon'];

export function createWorld(dependencies: {
  run: DualRun;
  workos: StrictWorkos['control'];
  random: () => number;
  /** How many sign-ins flood one user. */
  flood: number;
}): SoakWorld {
  const { run, workos, random } = dependencies;
  const profiles: SoakWorld['profiles'] = new Map();
  const before: SoakWorld['before'] = new Map();
  let people = 0;
  let lastTime = 0;

  /** Later than every time returned before, so that observations have an order. */
  function now(): string {
    lastTime = Math.max(lastTime + 1, Date.now());
    return new Date(lastTime).toISOString();
  }

  function send(user: ObservedUser): Promise<void> {
    world.messages++;
    const profile = profiles.get(user.sub);
    if (profile) profile.observations++;
    return run.enqueueOld(user, `message-${world.messages}`);
  }

  /** Changes the profile in Cognito without sending an observation. */
  function change(user: ObservedUser, partial: Partial<ObservedUser> = {}): ObservedUser {
    const changed = { ...user, ...partial, observedAt: now() };
    const { observations = 0 } = profiles.get(user.sub) ?? {};
    profiles.set(user.sub, { now: changed, observations });
    showInPool(run.cognito, changed);
    return changed;
  }

  async function arrive(user: ObservedUser, partial?: Partial<ObservedUser>) {
    const changed = change(user, partial);
    await send(changed);
    return changed;
  }

  const signIn = (user: ObservedUser) => send({ ...user, observedAt: now() });
  const pause = (seconds: number) => delay(1_000 * seconds * random());
  const name = () => `Name-${Math.floor(10_000 * random())}`;

  async function live(user: ObservedUser): Promise<void> {
    let current = user;
    for (let n = 0; n < 4; n++) {
      await pause(4);
      const what = random();
      if (what < 0.3) current = await arrive(current, { givenName: name() });
      else if (what < 0.45) await overtake(current);
      else if (what < 0.6) await backAndForth(current);
      else await signIn(current);
      current = profiles.get(user.sub)?.now ?? current;
    }
  }

  async function backAndForth(user: ObservedUser): Promise<void> {
    await arrive(user);
    await arrive(user, { givenName: name() });
    await arrive(user);
  }

  /** Sends the newer of two observations first; it may have nothing to change. */
  async function overtake(user: ObservedUser): Promise<void> {
    const older = change(user, { givenName: name() });
    const newer = change(older, random() < 0.5 ? { givenName: name() } : user);
    await send(newer);
    await send(older);
  }

  const stories: Record<string, SoakStory> = {
    async newcomer({ native }) {
      await live(await arrive(native()));
    },
    async overtaken({ native }) {
      const user = await arrive(native());
      await pause(4);
      const older = change(user, { givenName: name() });
      const newer = change(older, user);
      await send(newer);
      await delay(2_000);
      await send(older);
    },
    async moving({ native, name: label }) {
      const user = await arrive(native());
      await pause(6);
      await arrive(user, { email: `moved-${label}@example.com` });
    },
    async passedOn({ native, email, name: label }) {
      const former = await arrive(native({ email }));
      await pause(6);
      await arrive(former, { email: `passed-${label}@example.com` });
      await arrive(native({ email }));
    },
    async linked({ native, federated, existing, email }) {
      existing(random() < 0.25 ? { last_sign_in_at: '2026-01-01T00:00:00.000Z' } : {});
      const others = PROVIDERS.slice(0, 1 + Math.floor(2 * random()));
      const spelling = random() < 0.3 ? { email: email.toUpperCase() } : {};
      const all = [native(), ...others.map((provider) => federated(provider, spelling))];
      await Promise.all(all.map((user) => arrive(user)));
      await pause(6);
      for (const user of all) await signIn(profiles.get(user.sub)?.now ?? user);
    },
    async social({ native, federated, email }) {
      await arrive(federated('Google', { email: email.toUpperCase() }));
      await pause(2);
      await live(await arrive(native()));
    },
    async twoSocials({ federated }) {
      await Promise.all([arrive(federated('Google')), arrive(federated('Facebook'))]);
    },
    async squatted({ native, federated }) {
      const squatter = await arrive(native({ emailVerified: false, givenName: 'Squatter' }));
      await pause(4);
      const owner = await arrive(random() < 0.5 ? native() : federated('Google'));
      await pause(2);
      await signIn(squatter);
      await signIn(owner);
    },
    async squatterAlone({ native }) {
      await arrive(native({ emailVerified: false }));
    },
    async verifiedLater({ native }) {
      const user = await arrive(native({ emailVerified: false }));
      await pause(4);
      await arrive(user, { emailVerified: true });
    },
    async lateSquatter({ native }) {
      await arrive(native());
      await arrive(native({ emailVerified: false, givenName: 'Squatter' }));
    },
    async foreign({ native, existing, name: label }) {
      existing({ external_id: `crm-${label}` });
      await live(await arrive(native()));
    },
    async trapped({ native, existing }) {
      existing({ email_verified: false });
      await arrive(native());
    },
    async disabled({ native }) {
      await arrive(native({ enabled: false }));
    },
    async refused({ native, name: label }) {
      const user = await arrive(native({ email: `nonsense-${label}` }));
      for (let n = 0; n < 5; n++) await signIn(user);
    },
    async flooded({ native }) {
      const user = await arrive(native());
      for (let n = 0; n < dependencies.flood; n++) await signIn(user);
      await arrive(user, { givenName: name() });
    },
  };
  const kinds = Object.keys(stories).filter((kind) => kind !== 'flooded');

  function newPerson(): SoakPerson {
    const label = `${++people}`;
    const email = `person-${label}@example.com`;
    let made = 0;
    const person: SoakPerson = {
      name: label,
      email,
      native(partial = {}) {
        const digits = `${String(++made).padStart(2, '0')}${label.padStart(10, '0')}`;
        const sub = `77777777-0000-4000-8000-${digits}`;
        return observedUser({ sub, username: sub, email, givenName: name(), ...partial });
      },
      federated(provider, partial = {}) {
        const identity = googleIdentity({ providerName: provider, providerType: provider });
        const status = 'EXTERNAL_PROVIDER';
        return { ...person.native(partial), status, identities: [identity] };
      },
      existing(partial = {}) {
        const metadata = { plan: `plan-${label}` };
        const names = { first_name: 'Existing', last_name: 'User' };
        const user = { email, email_verified: true, metadata, ...names, ...partial };
        before.set(email, workos.seedUser(user));
      },
    };
    return person;
  }

  const world: SoakWorld = {
    profiles,
    before,
    messages: 0,
    async begin() {
      // Each kind in order, so that a short run plays all of them; the third person is flooded.
      const kind = people === 2 ? 'flooded' : kinds[people % kinds.length];
      await stories[kind ?? 'newcomer']?.(newPerson());
    },
  };
  return world;
}
