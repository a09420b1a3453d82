import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { signInCosts, toAwsCost } from '../../../src/assess/aws-cost.ts';
import { toDollars } from '../../../src/assess/money.ts';
import { STACK } from '../../../src/assess/prices.ts';
import { toWorkosCost } from '../../../src/assess/workos-cost.ts';

const PAGE = readFileSync(new URL('../../../docs/cost.md', import.meta.url), 'utf8');
const MILLION = 1_000_000;
const sum = (rows: { dollars: number }[]) => rows.reduce((all, { dollars }) => all + dollars, 0);
const nothing = { users: 0, signInsPerUser: 10, observations: 1 };

describe('the cost of the stack', () => {
  it('is, for a million sign-ins, the sum that docs/cost.md has', () => {
    const [, dollars] = /\*\*sum\*\* \| \| \*\*(4\.\d\d)\*\*/.exec(PAGE) ?? [];
    expect(sum(signInCosts()) * MILLION).toBeCloseTo(Number(dollars), 1);
  });

  it('counts as many alarms and metrics as docs/cost.md', () => {
    expect(PAGE).toContain(`| alarms | ${STACK.alarms} × 0.10 |`);
    expect(PAGE).toContain(`| custom metrics | about ${STACK.metrics} × 0.30 |`);
    const { alarms, metrics } = STACK.carry;
    expect(PAGE).toContain(`1.00 + ${alarms} × 0.10 + ${metrics} × 0.30`);
  });

  it('is about 8 dollars for a full round of a million users, as docs/cost.md says', () => {
    expect(PAGE).toContain('**about 8 dollars**');
    const { seedInAws } = toAwsCost({ ...nothing, users: MILLION });
    expect(Math.round(seedInAws + 0.5)).toBe(8);
  });

  it('has about 10 dollars a month for the patrol of a million users, as docs/cost.md says', () => {
    const of = (users: number) => toAwsCost({ ...nothing, users, signInsPerUser: 0 }).monthTotal;
    expect(of(MILLION) - of(0)).toBeGreaterThan(8.5);
    expect(of(MILLION) - of(0)).toBeLessThan(10.5);
  });

  it('adds up to its total', () => {
    const cost = toAwsCost({ users: 250_000, signInsPerUser: 12, observations: 2 });
    expect(sum(cost.perMonth)).toBeCloseTo(cost.monthTotal, 6);
  });

  it('observes every sign-in twice with carried passwords, unless it does so already', () => {
    const of = (observations: number) =>
      toAwsCost({ users: MILLION, signInsPerUser: 1, observations });
    expect(of(1).monthTotal + of(1).carryPasswords).toBeCloseTo(
      of(2).monthTotal + of(2).carryPasswords,
      6,
    );
  });
});

describe('the price of WorkOS', () => {
  it.each([
    [1_000_000, 0],
    [1_000_001, 2_500],
    [2_000_000, 2_500],
    [2_000_001, 5_000],
  ])('is, for %i active users, %i dollars', (users, dollars) => {
    expect(toWorkosCost({ users, connections: 0 }).activeUsers.dollars).toBe(dollars);
  });

  it('is not said of more SSO connections than have a listed price', () => {
    expect(toWorkosCost({ users: 1, connections: 15 }).connections.dollars).toBe(1_875);
    expect(toWorkosCost({ users: 1, connections: 16 }).connections.dollars).toBeUndefined();
  });
});

describe('an amount', () => {
  it.each([
    [0, '$0'],
    [0.004, 'under $0.01'],
    [4.487, '$4.49'],
    [9.999, '$10'],
    [2_500, '$2,500'],
  ])('%f is written %s', (dollars, text) => {
    expect(toDollars(dollars)).toBe(text);
  });
});
