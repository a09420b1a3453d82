import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Patience } from '../../src/cognito/pool-requests.ts';
import { createPoolSource } from '../../src/cognito/pool-source.ts';
import { SourceError, type SourcePage, type UserSource } from '../../src/cognito/user-source.ts';
import { createRisingClock } from '../../src/triggers/rising-clock.ts';
import { expectViolations } from '../contracts/expect-violations.ts';
import { observedUser } from '../fixtures/factories.ts';
import {
  cognitoUser,
  type StrictCognito,
  type StrictCognitoOptions,
  startStrictCognito,
} from '../stand-ins/strict-cognito.ts';

const IMPATIENT = {
  firstDelayMs: 1,
  longestDelayMs: 20,
  troubleMs: 3_000,
  firstContactMs: 2_000,
  // Longer than a busy machine takes to answer.
  answerMs: 2_500,
} satisfies Partial<Patience>;
const CREDENTIALS = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const subOf = (index: number) => `sub-${String(index).padStart(6, '0')}`;
const subs = (count: number) => Array.from({ length: count }, (_, index) => subOf(index));
const generated = (count: number) => ({
  count,
  record: (index: number) =>
    cognitoUser({ sub: subOf(index), email: `user-${index}@example.com`, email_verified: 'true' }),
});

async function startPool(options: StrictCognitoOptions = {}): Promise<StrictCognito> {
  const pool = await startStrictCognito(options);
  closing.push(pool.close);
  return pool;
}

function sourceOf(pool: StrictCognito, partial: { userPoolId?: string; answerMs?: number } = {}) {
  const { endpoint } = pool;
  const { userPoolId = pool.userPoolId, answerMs = IMPATIENT.answerMs } = partial;
  // The SDK does not retry here, so that the source has to.
  const options = { endpoint, region: 'eu-central-1', credentials: CREDENTIALS, maxAttempts: 1 };
  const client = new CognitoIdentityProviderClient(options);
  closing.push(() => client.destroy());
  const patience = { ...IMPATIENT, answerMs };
  return createPoolSource({ client, userPoolId, clock: createRisingClock(), patience });
}

async function readAll(source: UserSource, after?: string): Promise<SourcePage[]> {
  return collect(source.pages(after === undefined ? {} : { after }));
}

async function collect(pages: AsyncIterable<SourcePage>): Promise<SourcePage[]> {
  const all: SourcePage[] = [];
  for await (const page of pages) all.push(page);
  return all;
}

const usersOf = (pages: SourcePage[]) => pages.flatMap(({ users }) => users.map(({ sub }) => sub));
const distinct = (list: string[]) => [...new Set(list)].toSorted();

describe('the source of a live pool', () => {
  it('yields pages of sixty users, each user once', async () => {
    const pool = await startPool({ users: generated(150) });
    const pages = await readAll(sourceOf(pool));
    expect(pages.map(({ users }) => users.length)).toEqual([60, 60, 30]);
    expect(usersOf(pages)).toEqual(subs(150));
    expect(pages.at(-1)).not.toHaveProperty('position');
  });

  it('dates users before the request for their page', async () => {
    const pool = await startPool({ users: generated(1), latencyMs: 50 });
    const [page] = await readAll(sourceOf(pool));
    const observedAt = Date.parse(page?.users[0]?.observedAt ?? '');
    expect(observedAt).toBeLessThanOrEqual(pool.control.requests[0]?.at ?? 0);
  });

  it('yields all users, however short or empty the pages are', async () => {
    const sizes = fc.array(fc.nat(7), { minLength: 1, maxLength: 12 });
    const property = fc.asyncProperty(sizes, fc.nat(40), async (pattern, count) => {
      const pageSize = (page: number) => pattern[page] ?? 5;
      const pool = await startPool({ users: generated(count), pageSize });
      expect(usersOf(await readAll(sourceOf(pool)))).toEqual(subs(count));
      await pool.close();
    });
    await fc.assert(property, { numRuns: 30 });
  });

  it('estimates the number of users, and returns undefined when DescribeUserPool is denied', async () => {
    const pool = await startPool({ users: generated(7) });
    expect(await sourceOf(pool).estimate()).toBe(7);
    pool.control.denied.add('DescribeUserPool');
    expect(await sourceOf(pool).estimate()).toBeUndefined();
  });

  it('names users that cannot be parsed, and yields the others', async () => {
    const pool = await startPool();
    pool.control.put(cognitoUser({ sub: 'good', email: 'a@example.com' }));
    pool.control.put(cognitoUser({ sub: 'bad', identities: '[{' }));
    pool.control.put(cognitoUser({ sub: 'fine' }));
    const pages = await readAll(sourceOf(pool));
    expect(usersOf(pages)).toEqual(['good', 'fine']);
    expect(pages.flatMap(({ problems }) => problems)).toEqual([
      { where: 'page 1, record 2', reason: expect.stringContaining('identities'), sub: 'bad' },
    ]);
  });
});

describe('the source of a live pool, when requests fail', () => {
  it('yields all users when every other request is throttled', async () => {
    const pool = await startPool({ users: generated(400), throttleEvery: 2 });
    expect(usersOf(await readAll(sourceOf(pool)))).toEqual(subs(400));
    expect(pool.control.requests.filter(({ status }) => status === 400).length).toBeGreaterThan(5);
  });

  it('yields all users when Cognito allows three requests a second', async () => {
    const pool = await startPool({ users: generated(300), maxRequestsPerSecond: 3 });
    expect(usersOf(await readAll(sourceOf(pool)))).toEqual(subs(300));
  });

  it.each([
    ['a connection is reset', { kind: 'reset' }],
    ['no answer comes', { kind: 'hang' }],
    ['an answer is not JSON', { kind: 'garbage' }],
    ['a gateway fails', { kind: 'status', status: 502, body: '<h1>502</h1>' }],
    ['Cognito fails', { kind: 'error', type: 'InternalErrorException', status: 500 }],
    ['Cognito is unavailable', { kind: 'error', type: 'ServiceUnavailable', status: 503 }],
    ['a quota is used up', { kind: 'error', type: 'LimitExceededException' }],
  ] as const)('yields all users when %s', async (_, fault) => {
    // ListUsers documents TooManyRequestsException alone.
    if ('type' in fault && fault.type === 'LimitExceededException') {
      expectViolations(/ListUsers, answer .* error-code: "LimitExceededException"/);
    }
    const pool = await startPool({ users: generated(130) });
    pool.control.onRequest = ({ index }) => ([0, 2, 3].includes(index) ? fault : undefined);
    const source = sourceOf(pool, fault.kind === 'hang' ? { answerMs: 500 } : {});
    expect(usersOf(await readAll(source))).toEqual(subs(130));
  });

  it('throws a SourceError when every request is throttled', async () => {
    const pool = await startPool({ users: generated(10), throttleEvery: 1 });
    const error = await failure(readAll(sourceOf(pool)));
    expect(error).toBeInstanceOf(SourceError);
    expect(error.message).toContain('TooManyRequestsException');
  });

  it('ends with the reason of the signal when the run is stopped', async () => {
    const pool = await startPool({ users: generated(10), throttleEvery: 1 });
    const stop = new AbortController();
    const reading = collect(sourceOf(pool).pages({ signal: stop.signal }));
    const reason = new Error('stopped');
    setTimeout(() => stop.abort(reason), 50);
    expect(await failure(reading)).toBe(reason);
  });
});

describe('the source of a live pool, when a pagination token is refused', () => {
  it('starts the listing over during a run, and leaves out no user', async () => {
    const pool = await startPool({ users: generated(300) });
    pool.control.onRequest = ({ index }) => {
      if (index === 2 || index === 5) pool.control.expireTokens();
      return undefined;
    };
    const users = usersOf(await readAll(sourceOf(pool)));
    expect(distinct(users)).toEqual(subs(300));
    expect(users.length).toBeGreaterThan(300);
  });

  it('starts the listing over when the token is of an earlier run', async () => {
    const pool = await startPool({ users: generated(150) });
    const [first] = await readAll(sourceOf(pool));
    pool.control.expireTokens();
    expect(usersOf(await readAll(sourceOf(pool), first?.position))).toEqual(subs(150));
  });

  it('throws a SourceError when every token is refused', async () => {
    const pool = await startPool({ users: generated(300), tokenLifetimeRequests: 0 });
    const error = await failure(readAll(sourceOf(pool)));
    expect(error).toBeInstanceOf(SourceError);
    expect(pool.control.requests.length).toBeLessThan(30);
  });

  it('throws a SourceError when the same token is returned twice', async () => {
    const pool = await startPool({ users: generated(300) });
    const source = sourceOf(pool);
    const body = JSON.stringify({ Users: [], PaginationToken: 'again' });
    pool.control.onRequest = () => ({ kind: 'status', status: 200, body });
    const error = await failure(readAll(source));
    expect(error).toBeInstanceOf(SourceError);
    expect(error.message).toContain('circles');
    expect(pool.control.requests).toHaveLength(2);
  });
});

describe('the source of a live pool, resumed after a position', () => {
  it('yields only the later users, after any page', async () => {
    const pool = await startPool({
      users: generated(200),
      pageSize: (page) => [50, 0, 7][page] ?? 60,
    });
    const pages = await readAll(sourceOf(pool));
    expect(pages.length).toBeGreaterThan(3);
    for (const [index, { position }] of pages.slice(0, -1).entries()) {
      const rest = usersOf(await readAll(sourceOf(pool), position));
      expect(rest).toEqual(usersOf(pages.slice(index + 1)));
    }
  });

  it('yields nothing when all later users were removed meanwhile', async () => {
    const pool = await startPool({ users: generated(100) });
    const [first] = await readAll(sourceOf(pool));
    for (const sub of subs(100).slice(60)) pool.control.remove(sub);
    expect(usersOf(await readAll(sourceOf(pool), first?.position))).toEqual([]);
  });
});

describe('a reread of a user of a live pool', () => {
  it('returns the user as it is now', async () => {
    const pool = await startPool();
    pool.control.put(cognitoUser({ sub: 'ada', email: 'old@example.com' }));
    const source = sourceOf(pool);
    const [user] = (await readAll(source)).flatMap(({ users }) => users);
    if (!user) throw new Error('no user');
    pool.control.update('ada', { attributes: { email: 'new@example.com' }, Enabled: false });
    const now = await source.reread(user);
    expect(now).toMatchObject({ sub: 'ada', email: 'new@example.com', enabled: false });
    expect(now).not.toHaveProperty('observedAt', user.observedAt);
  });

  it.each([
    ['the user was deleted', undefined],
    ['another user has its username', cognitoUser({ sub: 'eve' }, { Username: 'ada' })],
  ])('returns undefined when %s', async (_, successor) => {
    const pool = await startPool();
    if (successor) pool.control.put(successor);
    expect(
      await sourceOf(pool).reread(observedUser({ sub: 'ada', username: 'ada' })),
    ).toBeUndefined();
  });

  it('returns unknown when the user can no longer be parsed', async () => {
    const pool = await startPool();
    pool.control.put(cognitoUser({ sub: 'ada', identities: '[{' }));
    const user = observedUser({ sub: 'ada', username: 'ada' });
    expect(await sourceOf(pool).reread(user)).toBe('unknown');
  });

  it('throws a SourceError that names AdminGetUser when it is denied', async () => {
    const pool = await startPool();
    pool.control.denied.add('AdminGetUser');
    const error = await failure(sourceOf(pool).reread(observedUser()));
    expect(error).toBeInstanceOf(SourceError);
    expect(error.message).toContain('cognito-idp:AdminGetUser');
  });
});

describe('the source of a live pool, when it cannot go on', () => {
  it.each([
    ['a pool that does not exist', 'eu-central-1_Nowhere99', 'no user pool eu-central-1_Nowhere99'],
    ['a malformed pool id', 'nowhere', '"nowhere"'],
  ])('throws a SourceError of one line for %s', async (_, userPoolId, words) => {
    if (userPoolId === 'nowhere') expectViolations(/ListUsers, request \/UserPoolId: pattern/);
    const pool = await startPool();
    await expectLine(readAll(sourceOf(pool, { userPoolId })), words, pool);
    await expectLine(readAll(sourceOf(pool, { userPoolId }), 'token-of-before'), words, pool);
  });

  it('throws a SourceError of one line for a missing permission', async () => {
    const pool = await startPool();
    pool.control.denied.add('ListUsers');
    await expectLine(readAll(sourceOf(pool)), 'cognito-idp:ListUsers', pool);
  });

  it.each(['ExpiredTokenException', 'UnrecognizedClientException', 'InvalidSignatureException'])(
    'throws a SourceError of one line for credentials that AWS refuses with %s',
    async (type) => {
      const pool = await startPool();
      pool.control.onRequest = () => ({ kind: 'error', type });
      await expectLine(readAll(sourceOf(pool)), type, pool);
    },
  );

  it('throws a SourceError of one line for missing credentials', async () => {
    const pool = await startPool();
    const client = new CognitoIdentityProviderClient({
      endpoint: pool.endpoint,
      region: 'eu-central-1',
      credentials: async () => {
        throw Object.assign(new Error('none'), { name: 'CredentialsProviderError' });
      },
    });
    const { userPoolId } = pool;
    const source = createPoolSource({ client, userPoolId, clock: () => new Date() });
    await expectLine(readAll(source), 'no usable AWS credentials', pool);
  });

  it('throws a SourceError of one line for a missing region', async () => {
    const pool = await startPool();
    const region = async () => {
      throw new Error('Region is missing');
    };
    const client = new CognitoIdentityProviderClient({ region, credentials: CREDENTIALS });
    const { userPoolId } = pool;
    const source = createPoolSource({ client, userPoolId, clock: () => new Date() });
    await expectLine(readAll(source), 'AWS_REGION', pool);
  });

  it('throws a SourceError of one line for an endpoint that refuses connections', async () => {
    const pool = await startPool();
    await pool.close();
    closing.length = 0;
    await expectLine(readAll(sourceOf(pool)), 'ECONNREFUSED', pool);
  });
});

async function expectLine(reading: Promise<unknown>, words: string, pool: StrictCognito) {
  const error = await failure(reading);
  expect(error).toBeInstanceOf(SourceError);
  expect(error.message).toContain(words);
  expect(error.message).not.toContain('\n');
  expect(pool.control.requests.length).toBeLessThan(5);
}

async function failure(promise: Promise<unknown>): Promise<Error> {
  const error = await promise.then(
    () => new Error('it has not failed'),
    (reason) => reason,
  );
  if (!(error instanceof Error)) throw new Error(`not an error: ${error}`);
  return error;
}
