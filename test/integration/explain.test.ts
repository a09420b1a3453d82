import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkosIndex } from '../../src/bulk/workos-index.ts';
import type { Explanation } from '../../src/explain/explanation.ts';
import { forecast } from '../../src/explain/forecast.ts';
import { readOnlyLedger } from '../../src/explain/read-only-ledger.ts';
import { openTemporaryDatabase } from '../../src/sqlite/temporary.ts';
import { createCast, EXPLAINED_PEOPLE } from '../fixtures/explained-people.ts';
import { accountChange, applyChange, createPeopledWorld } from '../rigs/account-world.ts';
import { type ExplainRig, startExplainRig } from '../rigs/explain-rig.ts';
import { asForetold, toState } from '../rigs/foretold.ts';
import { type MirrorOnWorkos, startMirrorOnWorkos } from '../rigs/mirror-on-workos.ts';
import { workosUsersOn } from '../rigs/workos-users-on.ts';

describe('explain', () => {
  let rig: ExplainRig;
  beforeAll(async () => {
    rig = await startExplainRig();
  });
  afterAll(() => rig.close());

  const inShort = ({ inShort }: Explanation) => {
    const { answer, account, signIn, problem, todo, tell } = inShort;
    return [answer, account, signIn, problem, ...todo, tell].join(' ');
  };

  /** Mirrors a sign-in of the sub, and compares what that does with what was foretold. */
  async function expectAsForetold(sub: string, explanation: Explanation): Promise<void> {
    const { forecast: foretold } = explanation;
    if (!foretold?.known) throw new Error('nothing was foretold');
    const before = toState(rig.workos.control.users());
    const profile = await rig.profiles.find({ userPoolId: rig.cognito.userPoolId, sub });
    if (!profile) throw new Error('Cognito has no such profile');
    const { modifiedAt: _, ...signingIn } = profile;
    const outcome = await rig.ledMirror()(signingIn);
    const state = toState(rig.workos.control.users());
    if (foretold.value.isAnsweredByLedger) {
      expect(state).toEqual(before);
      return;
    }
    const [created = ''] = [...state.keys()].filter((id) => !before.has(id));
    expect({ outcome, state }).toEqual(asForetold(foretold.value, before, created));
  }

  it.each(EXPLAINED_PEOPLE)('explains $who, and changes nothing', async (person) => {
    const { arrange, says, who: _, ...expected } = person;
    const asked = await arrange(createCast(rig));
    const { control } = rig.workos;
    const [sent, users] = [control.requests.length, control.users()];
    const [called, items] = [rig.cognito.control.requests.length, await rig.ledgerItems()];
    const explanation = await rig.explainOne(asked);
    const { situation, canSignIn, needsAction } = explanation.inShort;
    const [rule, conflict] = [explanation.rule?.name, explanation.conflict?.reason];
    const found = { situation, canSignIn, needsAction, rule, conflict };
    expect(found).toEqual({ rule: undefined, conflict: undefined, ...expected });
    for (const sentence of says) expect(inShort(explanation)).toMatch(sentence);
    const methods = control.requests.slice(sent).map(({ method }) => method);
    const actions = rig.cognito.control.requests.slice(called).map(({ action }) => action);
    expect(new Set(methods)).toEqual(new Set(['GET']));
    expect(actions).toContain('ListUsers');
    expect(actions.filter((each) => !['ListUsers', 'AdminGetUser'].includes(each))).toEqual([]);
    expect(control.users()).toEqual(users);
    expect(await rig.ledgerItems()).toEqual(items);
    if (explanation.cognito) await expectAsForetold(explanation.cognito.sub, explanation);
  });

  it('explains each of two profiles that claim one address', async () => {
    const { native, squatter, email } = createCast(rig);
    await rig.signIn(squatter());
    await rig.signIn(native());
    const [owner, claimant, ...others] = await rig.explain({ email });
    expect(others).toEqual([]);
    const situations = [owner, claimant].map((each) => [each?.sub, each?.inShort.situation]);
    expect(new Map(situations as [string, string][])).toEqual(
      new Map([
        [native().sub, 'in_sync'],
        [squatter().sub, 'conflict'],
      ]),
    );
  });

  it('never advises the victim of a stranger at WorkOS to prove the address there, and the deletion that it advises helps', async () => {
    const { native, email } = createCast(rig);
    rig.workos.control.register({ email, password: 'chosen by a stranger', first_name: 'Eve' });
    await rig.signIn(native());
    const { id = '' } = rig.workos.control.userByEmail(email) ?? {};
    const { inShort: before } = await rig.explainOne({ email });
    expect(before.problem).toContain(`“Eve” (${id})`);
    expect(before.todo[0]).toMatch(/^Do not ask the person to enter a code that WorkOS mails/);
    expect(before.todo[1]).toContain(`delete the WorkOS account ${id}`);
    expect(before.operator).toEqual(['take_over']);
    rig.workos.control.deleteUser(id);
    rig.clock.ms += 600_000;
    await rig.signIn(native());
    const { inShort: after } = await rig.explainOne({ email });
    expect(after).toMatchObject({ situation: 'in_sync', canSignIn: 'yes' });
  });

  it('advises to empty the external id of the same customer, and then the two are joined', async () => {
    const { native, email } = createCast(rig);
    rig.workos.control.seedUser({ email, email_verified: true, external_id: `crm-of-${email}` });
    await rig.signIn(native());
    const { id = '' } = rig.workos.control.userByEmail(email) ?? {};
    const { inShort: before } = await rig.explainOne({ email });
    expect(before.todo.join(' ')).toContain('empties the external id of that WorkOS account');
    rig.workos.control.updateUser(id, { external_id: null });
    rig.clock.ms += 600_000;
    await rig.signIn(native());
    const { inShort: after } = await rig.explainOne({ email });
    expect(after).toMatchObject({ situation: 'in_sync', canSignIn: 'yes' });
  });

  it('foretells the deletion of a user who is gone from Cognito, with deletions=delete, and deletes nobody', async () => {
    const { native, email } = createCast(rig);
    await rig.signIn(native());
    rig.forget(native().sub);
    const { id = '' } = rig.workos.control.userByEmail(email) ?? {};
    const explanation = await rig.explainOne({ email }, { deletions: 'delete' });
    expect(explanation.goneForecast).toEqual({
      known: true,
      value: {
        outcome: { outcome: 'deleted', workosUserId: id },
        writes: [{ kind: 'delete', workosUserId: id }],
      },
    });
    expect(rig.workos.control.userByEmail(email)?.id).toBe(id);
  });
});

describe('the forecast of explain', () => {
  let setting: MirrorOnWorkos;
  beforeAll(async () => {
    setting = await startMirrorOnWorkos();
  });
  afterAll(() => setting.close());

  it('is what the mirror then does, after any changes on both sides', async () => {
    const seen = new Set<string>();
    const property = fc.asyncProperty(
      fc.array(accountChange, { minLength: 5, maxLength: 25 }),
      async (steps) => {
        const world = createPeopledWorld(setting);
        const messages = [...world.shown.values()];
        for (const each of steps) {
          const message = applyChange(world, each, messages);
          if (message) await setting.mirrorOld()(message);
        }
        for (const shown of world.shown.values()) {
          const user = { ...shown, observedAt: world.now() };
          using db = open();
          const before = toState(world.users());
          const foretold = await forecast(user, {
            reader: workosUsersOn(setting.workos),
            index: createWorkosIndex(db.database),
            profiles: setting.profiles,
            config: { trustedProviders: new Map() },
            ledger: readOnlyLedger({ read: async () => new Map() }),
            trustHours: 24,
            deletions: 'keep',
            clock: () => new Date(),
            signal: new AbortController().signal,
          });
          expect(toState(world.users())).toEqual(before);
          const outcome = await setting.mirrorOld()(user);
          const state = toState(world.users());
          const [created = ''] = [...state.keys()].filter((id) => !before.has(id));
          expect({ outcome, state }).toEqual(asForetold(foretold, before, created));
          for (const { rule } of foretold.steps) seen.add(rule);
        }
      },
    );
    await fc.assert(property, { numRuns: 30 });
    expect(seen.size).toBeGreaterThan(5);
  }, 120_000);
});

function open() {
  const database = openTemporaryDatabase();
  return { database, [Symbol.dispose]: () => database.close() };
}
