import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explanationsToText } from '../../scripts/explain/text.ts';
import type { Asked } from '../../src/explain/explain.ts';
import { createCast } from '../fixtures/explained-people.ts';
import { type ExplainRig, startExplainRig } from '../rigs/explain-rig.ts';

const AT = new Date('2026-11-26T19:20:00.000Z');
const WIDTH = 84;

describe('the text of explain', () => {
  let rig: ExplainRig;
  beforeAll(async () => {
    rig = await startExplainRig();
  });
  afterAll(() => rig.close());

  async function textOf(asked: Asked, columns = Number.POSITIVE_INFINITY): Promise<string> {
    return explanationsToText(await rig.explain(asked), {
      asked,
      at: AT,
      more: 0,
      screen: { paint: (_, text) => text, columns },
      options: { userPoolId: rig.cognito.userPoolId, stage: 'prod' },
    });
  }

  it('begins with who was asked about, the question and the answer, also where no account was found', async () => {
    const { email } = createCast(rig);
    const lines = (await textOf({ email })).split('\n');
    expect(lines.slice(0, 2)).toEqual([
      `You asked about: ${email}, on 26 November 2026, 19:20 UTC`,
      'Can this person sign in at WorkOS, the new sign-in? NO, no account with this e-mail address was found.',
    ]);
    const titles = lines.filter((line) => /^[A-Z]/.test(line)).slice(2, 5);
    expect(titles).toEqual([
      'Why',
      'What happens next, by itself (this command has changed nothing)',
      'What each side has',
    ]);
  });

  it('has the numbers, the ledger and the errors waiting in the technical details alone', async () => {
    const { native } = createCast(rig);
    await rig.signIn(native());
    const [top = '', details = ''] = (await textOf({ sub: native().sub })).split(
      'Technical details',
    );
    const above = top.slice(top.indexOf('\nWhy'));
    for (const word of [native().sub, 'external id', 'edger', 'CONFIRMED', 'docs/']) {
      expect(above).not.toContain(word);
      expect(details).toContain(word);
    }
    expect(details).toMatch(/Errors waiting .*\n {2}none\n/);
  });

  it('says of a command whether it is for this person alone, and how to see whom it touches', async () => {
    const { native, email } = createCast(rig);
    await rig.signIn(native());
    expect(await textOf({ email })).toContain(
      `npx cws reset-passwords --stage prod --only FILE --send\n    For this person alone. FILE is a text file with the one line ${native().sub}.`,
    );
    const stranger = createCast(rig);
    rig.workos.control.register({ email: stranger.email, password: 'chosen by a stranger' });
    await rig.signIn(stranger.native());
    expect(await textOf({ email: stranger.email })).toMatch(
      /npx cws verify --stage prod --fix --take-over-unverified\n {4}Works on ALL such accounts, not on this person alone.*\n {4}See first which they are: npx cws verify --stage prod --show-emails/,
    );
  });

  it('does not contradict itself where a command wrote to WorkOS without the ledger', async () => {
    const { native, email } = createCast(rig);
    rig.workos.control.seedUser({
      email,
      email_verified: true,
      external_id: native().sub,
      first_name: 'Ada',
      last_name: 'Lovelace',
      metadata: { cognito_pool: rig.cognito.userPoolId, cognito_auth: 'password' },
    });
    await rig.signIn(native({ status: 'UNCONFIRMED' }));
    rig.show(native());
    const text = await textOf({ email });
    expect(text).toContain('? YES, with a new password.');
    expect(text).not.toContain('It has brought nothing');
    expect(text).toMatch(/That WorkOS has it was not noted here: .* no fault/);
  });

  it('fits a terminal, and shows a hostile name on one line', async () => {
    const { native, email } = createCast(rig);
    await rig.signIn(native({ givenName: 'Ada\u001b[2J\nYES' }));
    const text = await textOf({ email }, WIDTH);
    expect(text).not.toContain('\u001b');
    expect(text).not.toMatch(/^YES/m);
    const long = text.split('\n').filter((line) => line.length > WIDTH);
    // A number, or a command, is not broken.
    expect(long.filter((line) => line.trim().includes(' '))).toEqual([]);
  });
});
