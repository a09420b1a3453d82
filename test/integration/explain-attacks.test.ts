import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explanationsToText } from '../../scripts/explain/text.ts';
import type { Explanation } from '../../src/explain/explanation.ts';
import type { LedgerEntry } from '../../src/ledger/ledger.ts';
import { type Cast, createCast } from '../fixtures/explained-people.ts';
import { googleIdentity } from '../fixtures/factories.ts';
import { type ExplainRig, startExplainRig } from '../rigs/explain-rig.ts';

/** Answers that were false once, or whose advice would have harmed. */
describe('explain', () => {
  let rig: ExplainRig;
  let cast: Cast;
  beforeAll(async () => {
    rig = await startExplainRig();
  });
  afterAll(() => rig.close());

  const start = () => {
    cast = createCast(rig);
    return cast;
  };
  const userOf = (email: string) => rig.workos.control.userByEmail(email);
  const edit = (email: string, changes: object) =>
    rig.workos.control.updateUser(userOf(email)?.id ?? '', changes);
  const seed = (user: object) => rig.workos.control.seedUser({ email: cast.email, ...user });
  const answer = ({ inShort }: Explanation) =>
    [
      inShort.answer,
      inShort.account,
      inShort.signIn,
      inShort.problem,
      ...inShort.todo,
      ...inShort.operator,
    ].join(' ');
  const screen = { columns: 1000, paint: (_: unknown, text: string) => text };
  const toText = (explanations: Explanation[]) =>
    explanationsToText(explanations, {
      ...{
        asked: { email: cast.email },
        at: new Date(0),
        more: 0,
        options: { userPoolId: 'eu-central-1_P' },
      },
      screen,
    });
  /** Other people's profiles with the same address. */
  function showSquatters(count: number): void {
    const { squatter, email } = cast;
    for (let each = 0; each < count; each++) {
      const sub = `9${email.slice(4, 8)}-${String(each).padStart(4, '0')}`;
      rig.show(squatter({ sub, username: sub }));
    }
  }

  it('does not say of a squatter and the owner that they lead to the same account, before WorkOS has either', async () => {
    const { squatter, native, email } = start();
    rig.show(squatter());
    rig.show(native());
    const text = toText(await rig.explain({ email }));
    expect(text).not.toContain('lead to the same WorkOS account');
    expect(text).toContain('not all of them share one WorkOS account');
  });

  it('says of two proved profiles of one address that they lead to the same account, before WorkOS has either', async () => {
    const { google, native, email } = start();
    rig.show(google());
    rig.show(native());
    expect(toText(await rig.explain({ email }))).toContain('lead to the same WorkOS account');
  });

  it('explains the owner of an address first, however many squatters there are', async () => {
    const { native, email } = start();
    showSquatters(12);
    await rig.signIn(native());
    const [first] = await rig.explain({ email });
    expect(first?.sub).toBe(native().sub);
  });

  it('does not take the person’s other profile for gone, however many squatters there are', async () => {
    const { native, google } = start();
    showSquatters(25);
    await rig.signIn(native());
    await rig.signIn(google());
    const { conflict, inShort } = await rig.explainOne({ sub: google().sub });
    expect([conflict, inShort.situation]).toEqual([null, 'second_profile']);
  });

  it.each(['keep', 'delete'] as const)(
    'never has the WorkOS user of a living person deleted, with deletions=%s',
    async (deletions) => {
      const { native, google } = start();
      await rig.signIn(native());
      await rig.signIn(google());
      rig.forget(native().sub);
      const explanation = await rig.explainOne({ sub: native().sub }, { deletions });
      expect(answer(explanation)).toContain('Do not delete the WorkOS user');
      expect(answer(explanation)).not.toContain('delete_extra');
    },
  );

  it('does not say that WorkOS has no such person when a further profile is gone', async () => {
    const { native, google } = start();
    await rig.signIn(native());
    await rig.signIn(google());
    rig.forget(google().sub);
    const explanation = await rig.explainOne({ sub: google().sub });
    expect(explanation.inShort.situation).toBe('gone_from_cognito');
    expect(answer(explanation)).toContain(`the same person’s Cognito account: Ada Lovelace`);
  });

  it('does not take a WorkOS user of this pool for one of another pool when its external id was emptied', async () => {
    const { native, email } = start();
    await rig.signIn(native());
    edit(email, { external_id: null });
    rig.forget(native().sub);
    const explanation = await rig.explainOne({ email });
    expect(answer(explanation)).not.toContain('another user pool');
    expect(explanation.inShort.needsAction).toBe(true);
  });

  it('says that a person who has lost the address in Cognito can still sign in', async () => {
    const { native } = start();
    await rig.signIn(native());
    const { email: _, ...user } = native();
    rig.show(user);
    const { inShort } = await rig.explainOne({ sub: user.sub });
    expect([inShort.situation, inShort.canSignIn]).toEqual(['not_mirrored', 'yes']);
  });

  it('says of a disabled second profile that the person has another account', async () => {
    const { native, google } = start();
    await rig.signIn(native());
    await rig.signIn(google());
    rig.show(google({ enabled: false }));
    const explanation = await rig.explainOne({ sub: google().sub });
    expect(explanation.inShort.canSignIn).toBe('unknown');
    expect(answer(explanation)).toContain('if that account is the person’s');
  });

  it('does not have an address verified where that would change nothing', async () => {
    const { native, google } = start();
    await rig.signIn(native());
    const identity = googleIdentity({ providerName: 'Okta', providerType: 'OIDC' });
    rig.show(google({ identities: [identity] }));
    const explanation = await rig.explainOne({ sub: google().sub });
    expect(explanation.inShort.todo.join(' ')).toMatch(
      /not enough: an operator names Okta in TRUSTED/,
    );
  });

  it('does not promise the next sign-in what the ledger puts off', async () => {
    const { native, email } = start();
    await rig.signIn(native());
    edit(email, { external_id: null });
    const explanation = await rig.explainOne({ sub: native().sub });
    expect(explanation.inShort.situation).toBe('to_be_linked');
    expect(answer(explanation)).toMatch(/a day or more after its last look.*verify --fix/);
    const before = userOf(email);
    await rig.signIn(native());
    expect(userOf(email)).toEqual(before);
  });

  it.each([
    { who: 'another pool’s', verified: true, metadata: { cognito_pool: 'eu-central-1_Other0001' } },
    { who: 'one that nobody has proved', verified: false, metadata: {} },
  ])('has no external id set by hand on a WorkOS user of $who', async ({ verified, metadata }) => {
    const { native } = start();
    seed({ email_verified: verified, external_id: `crm-${cast.email}`, metadata });
    const { sub } = rig.show(native());
    const { inShort } = await rig.explainOne({ sub });
    expect(inShort.todo.join(' ')).toContain('empties the external id');
    expect(inShort.todo.join(' ')).not.toContain(sub);
  });

  it('has a WorkOS address changed at WorkOS alone once its person has signed in there', async () => {
    const { native, other, email } = start();
    await rig.signIn({ ...other(), email });
    rig.workos.control.signIn(userOf(email)?.id ?? '');
    rig.show(other());
    const { inShort } = await rig.explainOne({ sub: rig.show(native()).sub });
    expect(inShort.todo.join(' ')).not.toContain('verified address in Cognito');
  });

  it('does not say that the password of a second profile works, when that of the first was carried', async () => {
    const { native, squatter, email } = start();
    await rig.signIn(native());
    await rig.signIn(squatter({ emailVerified: true }));
    const metadata = { ...userOf(email)?.metadata, cognito_auth: 'password+carried' };
    edit(email, { metadata });
    const second = await rig.explainOne({ sub: squatter().sub });
    expect(answer(second)).toContain('with the password of the person’s other Cognito account');
    expect(toText([second])).toContain('that of this one does not work at WorkOS');
  });

  it('does not promise a user whom WorkOS has refused', async () => {
    const { native } = start();
    const observedAt = new Date(rig.clock.ms).toISOString();
    const value: LedgerEntry = {
      sub: rig.show(native()).sub,
      observedAt,
      isSecondary: false,
      isBanNoted: false,
      state: {
        hash: '',
        rules: '',
        outcome: 'rejected',
        reason: 'invalid_email',
        settledAt: observedAt,
      },
    };
    const readEntry = async () => ({ known: true as const, value });
    const { inShort } = await rig.explainOne({ sub: native().sub }, { readEntry });
    expect(inShort.problem).toMatch(/WorkOS refused it then \(invalid_email/);
    expect(inShort.problem).not.toContain('arrives');
  });
});
