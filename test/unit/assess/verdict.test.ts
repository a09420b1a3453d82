import { describe, expect, it } from 'vitest';
import { assessmentToText } from '../../../scripts/assess/text.ts';
import type { Assessment } from '../../../src/assess/facts.ts';
import { toLosses } from '../../../src/assess/losses.ts';
import { assessmentToHtml } from '../../../src/assess/page.ts';
import { toSeedTime } from '../../../src/assess/seed-time.ts';
import { assessmentToVerdict } from '../../../src/assess/verdict.ts';
import { assessed, assessedInTheDark, assessedWithEverything } from '../../fixtures/assessment.ts';

const screen = { paint: (_style: unknown, text: string) => text, columns: 80 };
const base = assessed();

function withMfa(sample: Partial<Assessment['mfaSample']>, setting: 'OPTIONAL' | 'ON'): Assessment {
  return assessed({
    mfa: { known: true, value: { setting, kinds: ['totp'] } },
    mfaSample: { ...base.mfaSample, ...sample },
  });
}

const mfaOf = (facts: Assessment) => toLosses(facts).find(({ name }) => name === 'mfa')?.affected;

describe('the verdict of an assessment', () => {
  it('is ready where nothing asks for a decision', () => {
    expect(assessmentToVerdict(base).verdict).toBe('ready');
  });

  it('is blocked where no user has an email', () => {
    const facts = assessed({
      users: { ...base.users, email: { verified: 0, unverified: 0, none: 1000 } },
      forecast: {
        ...base.forecast,
        seed: { ...base.forecast.seed, created: 0, skipped: { no_email: 1000 } },
      },
    });
    expect(assessmentToVerdict(facts)).toMatchObject({
      verdict: 'blocked',
      checks: expect.arrayContaining([
        expect.objectContaining({ detail: 'No user of this pool has an email' }),
      ]),
    });
  });

  it('is blocked where a trigger is held by what cannot be chained', () => {
    expect(assessmentToVerdict(assessedWithEverything('odd')).verdict).toBe('blocked');
  });

  it('begins with what blocks, and says what is about people before what is about triggers', () => {
    const { checks } = assessmentToVerdict(assessedWithEverything('odd'));
    const blocking = checks.filter(({ status }) => status === 'blocked').length;
    expect(blocking).toBeGreaterThan(0);
    expect(checks.slice(0, blocking).every(({ status }) => status === 'blocked')).toBe(true);
    const rest = checks.slice(blocking).map(({ detail }) => detail);
    expect(rest.length).toBeGreaterThan(1);
    expect(rest[0]).not.toMatch(/Confirmation|Authentication/);
  });

  it.each([
    [false, 'look'],
    [true, 'blocked'],
  ])('of a Post-Authentication that cannot be chained, taken: %s, is %s', (taken, verdict) => {
    const functionArn = 'arn:aws:states:eu-central-1:111122223333:stateMachine:odd';
    const held = { trigger: 'PostAuthentication', functionArn, kind: 'unchainable' } as const;
    if (!base.profile.known) throw new Error('the fixture knows the pool');
    const facts = assessed({
      takesPostAuthentication: taken,
      profile: { known: true, value: { ...base.profile.value, triggers: [held] } },
    });
    expect(assessmentToVerdict(facts).verdict).toBe(verdict);
  });

  it('says of records alone that cannot be read not that they have no email', () => {
    const users = { ...base.users, total: 0, email: { verified: 0, unverified: 0, none: 0 } };
    const seed = { ...base.forecast.seed, read: 3, created: 0, failed: 3 };
    const facts = assessed({ users, forecast: { ...base.forecast, seed } });
    const details = assessmentToVerdict(facts).checks.map(({ detail }) => detail);
    expect(details).toContain('No user of this pool can be brought');
  });

  it.each([
    ['us-gov-west-1_Ab1Cd2Ef3', 'look'],
    ['eusc-de-east-1_Ab1Cd2Ef3', 'look'],
    ['eu-central-1_Ab1Cd2Ef3', 'ready'],
  ])('of the pool %s is %s, by its region', (userPoolId, verdict) => {
    expect(assessmentToVerdict(assessed({ userPoolId })).verdict).toBe(verdict);
  });

  it('is to look first where something is not known, and says what to allow', () => {
    const { verdict, checks } = assessmentToVerdict(assessedInTheDark('allow this action'));
    expect(verdict).toBe('look');
    expect(checks.find(({ name }) => name === 'unknown')).toMatchObject({
      detail: "Not known: the pool's settings, its MFA, its app clients, its groups, its providers",
      todo: 'allow this action',
    });
  });
});

describe('who has a second factor', () => {
  it('is counted where all users with a password were asked', () => {
    expect(mfaOf(withMfa({ asked: 1000, enrolled: 30 }, 'OPTIONAL'))).toEqual({
      kind: 'known',
      users: 30,
    });
  });

  it('is reckoned from a sample, and says so', () => {
    expect(mfaOf(withMfa({ asked: 200, enrolled: 31 }, 'OPTIONAL'))).toEqual({
      kind: 'about',
      users: 155,
      asked: 200,
    });
  });

  it('stays to be looked at where the sample has none', () => {
    const facts = withMfa({ asked: 200, enrolled: 0 }, 'OPTIONAL');
    expect(mfaOf(facts)).toEqual({ kind: 'about', users: 0, asked: 200 });
    expect(assessmentToVerdict(facts).verdict).toBe('look');
  });

  it('is not known where none was asked, never 0', () => {
    const why = 'allow cognito-idp:AdminGetUser';
    expect(mfaOf(withMfa({ asked: 0, why }, 'OPTIONAL'))).toEqual({ kind: 'unknown', why });
  });

  it('may be all users with a password where the pool requires it', () => {
    expect(mfaOf(withMfa({ asked: 0 }, 'ON'))).toEqual({ kind: 'at_most', users: 1000 });
  });
});

describe('the summary for a terminal', () => {
  it('has no line longer than 80 columns', () => {
    const text = assessmentToText(assessedWithEverything('Okta'), { screen, report: undefined });
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('shows control characters of names as question marks', () => {
    const name = 'shop\u001b[2J\u202e';
    const text = assessmentToText(assessedWithEverything(name), { screen, report: undefined });
    for (const hidden of ['\u001b', '\u202e']) expect(text).not.toContain(hidden);
    expect(text).toContain('shop?[2J?');
  });

  it('shows what is not known as not known', () => {
    const text = assessmentToText(assessedInTheDark('allow it'), { screen, report: undefined });
    for (const part of ['settings', 'MFA', 'app clients', 'providers', 'groups']) {
      expect(text).toMatch(new RegExp(`  ${part} +not known: allow it`));
    }
    expect(text).toContain('Users in WorkOS: not looked at');
    expect(text).toContain('in an empty WorkOS environment');
  });
});

describe('the figures', () => {
  it('have all records of the pool, so that they add up', () => {
    const facts = assessedWithEverything('Okta');
    expect(assessmentToHtml(facts)).toContain('>4,003</span>');
    const text = assessmentToText(facts, { screen, report: undefined });
    expect(text).toContain('4,000 users in Cognito, and 3 records that cannot be read');
  });

  it('forecast no seed that is faster than WorkOS allows', () => {
    const of = (rate: number) =>
      toSeedTime({ writes: 90_000, users: 90_000, workosUsers: 0 }, { rate, share: 0.5 }).laptop;
    expect(of(1_000)).toEqual(of(50));
    expect(of(1_000)).toEqual({ rate: 50, seconds: 1_800 });
  });
});

describe('the page', () => {
  it('says that conflicts are not known without WorkOS, never that there are none', () => {
    const html = assessmentToHtml(assessedInTheDark());
    expect(html).toContain('not known without WorkOS');
    for (const untrue of ['No conflict is expected', '0</span> users will be in conflict']) {
      expect(html).not.toContain(untrue);
      expect(assessmentToHtml(assessed())).toContain(untrue);
    }
  });

  it('escapes names of others, and cuts no sentence of its own short', () => {
    const html = assessmentToHtml(assessedWithEverything('<b>"shop"</b>'));
    expect(html).not.toContain('<b>');
    expect(html).not.toContain('more characters)');
  });
});
