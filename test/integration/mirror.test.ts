import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { StrictUser } from '../../local/emulators/workos.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { RetryableError } from '../../src/workos/users.ts';
import { at, federatedUser, googleIdentity, observedUser, POOL } from '../fixtures/factories.ts';
import { closeAndCheckRequests } from '../rigs/close-and-check.ts';
import { type MirrorOnWorkos, startMirrorOnWorkos } from '../rigs/mirror-on-workos.ts';

const ADA = observedUser();
const GOOGLE_ADA = federatedUser();

let setting: MirrorOnWorkos;
const control = () => setting.workos.control;
const ada = () => control().userByEmail('ada@example.com');

beforeEach(async () => {
  setting = await startMirrorOnWorkos();
});
afterEach(() => closeAndCheckRequests(setting));

/** The requests since the last call, as `METHOD path`, without ids and queries. */
function requests(): string[] {
  const seen = control().requests.map(({ method, path }) => {
    const [bare = ''] = path.split('?');
    const short = bare.replace('/user_management/users', '').replace(/\/user_\w+/, '/:id');
    return `${method} ${short.replace(/external_id\/.*/, 'external_id') || '/'}`;
  });
  control().clear();
  return seen;
}

function lastBody(): unknown {
  return control().requests.at(-1)?.body;
}

/** What must be equal in any order of events: everything but the id and the times of WorkOS. */
function comparable({ id: _, created_at: __, updated_at: ___, ...rest }: StrictUser) {
  return rest;
}

describe('a new user', () => {
  it('is created with every mapped field, in two requests', async () => {
    const outcome = await setting.mirrorWith()(ADA);

    expect(outcome).toMatchObject({ outcome: 'created' });
    expect(requests()).toEqual(['GET /external_id', 'POST /']);
    expect(ada()).toMatchObject({
      email: 'ada@example.com',
      email_verified: true,
      first_name: 'Ada',
      last_name: 'Lovelace',
      external_id: ADA.sub,
      metadata: { cognito_pool: POOL, cognito_auth: 'password', cognito_synced_at: at(0) },
    });
    expect(Object.keys(ada()?.metadata ?? {})).toHaveLength(3);
  });

  it('keeps an unverified email unverified', async () => {
    await setting.mirrorWith()(observedUser({ emailVerified: false }));
    expect(ada()?.email_verified).toBe(false);
  });

  it('who signs in through a provider is tagged with the provider and its OAuth client', async () => {
    const oauthClients = { Google: { type: 'Google', clientId: '123.apps.example' } };
    await setting.mirrorWith({ oauthClients })(GOOGLE_ADA);
    expect(ada()?.metadata).toEqual({
      cognito_pool: POOL,
      cognito_auth: 'federated',
      federated_providers: 'Google',
      oauth_clients: 'Google=123.apps.example',
      cognito_synced_at: at(0),
    });
  });

  it('with a password and a linked provider is tagged password+federated', async () => {
    await setting.mirrorWith()(observedUser({ identities: [googleIdentity({ primary: false })] }));
    expect(ada()?.metadata).toMatchObject({
      cognito_auth: 'password+federated',
      federated_providers: 'Google',
    });
  });

  it.each([
    ['no_email', { email: undefined }],
    ['unconfirmed', { status: 'UNCONFIRMED' }],
    ['disabled', { enabled: false }],
  ])('is skipped as %s without a request', async (reason, change) => {
    const { email: _, ...rest } = ADA;
    const user = 'email' in change ? rest : observedUser(change as Partial<ObservedUser>);
    expect(await setting.mirrorWith()(user)).toEqual({ outcome: 'skipped', reason });
    expect(requests()).toEqual([]);
  });

  it('whose email WorkOS refuses is rejected with the code of WorkOS', async () => {
    const outcome = await setting.mirrorWith()(observedUser({ email: 'not-an-email' }));
    expect(outcome).toEqual({ outcome: 'rejected', reason: 'invalid_email' });
  });
});

describe('a known user', () => {
  it('is read once and not written when nothing has changed', async () => {
    await setting.mirrorWith()(ADA);
    requests();
    const outcome = await setting.mirrorWith()(observedUser({ observedAt: at(60) }));
    expect(outcome.outcome).toBe('unchanged');
    expect(requests()).toEqual(['GET /external_id']);
    expect(ada()?.metadata.cognito_synced_at).toBe(at(0));
  });

  it('is read once and written once, with only what differs, when it has changed', async () => {
    await setting.mirrorWith()(ADA);
    control().clear();
    const outcome = await setting.mirrorWith()(
      observedUser({ familyName: 'King', observedAt: at(60) }),
    );
    expect(outcome.outcome).toBe('updated');
    expect(lastBody()).toEqual({
      last_name: 'King',
      metadata: { cognito_synced_at: at(60) },
    });
    expect(requests()).toEqual(['GET /external_id', 'PUT /:id']);
  });

  it('keeps its names when Cognito has none', async () => {
    await setting.mirrorWith()(ADA);
    const { givenName: _, familyName: __, ...nameless } = observedUser({ observedAt: at(60) });
    expect((await setting.mirrorWith()(nameless)).outcome).toBe('unchanged');
    expect(ada()).toMatchObject({ first_name: 'Ada', last_name: 'Lovelace' });
  });

  it('keeps the metadata keys of the customer', async () => {
    await setting.mirrorWith()(ADA);
    const id = ada()?.id;
    await put(id, { metadata: { crm: 'gold', note: 'vip' } });
    await setting.mirrorWith()(observedUser({ familyName: 'King', observedAt: at(60) }));
    expect(ada()?.metadata).toMatchObject({ crm: 'gold', note: 'vip', cognito_pool: POOL });
  });

  it('stays verified when Cognito shows its email unverified', async () => {
    await setting.mirrorWith()(ADA);
    control().clear();
    await setting.mirrorWith()(
      observedUser({ emailVerified: false, givenName: 'A.', observedAt: at(60) }),
    );
    expect(lastBody()).not.toHaveProperty('email_verified');
    expect(ada()).toMatchObject({ email_verified: true, first_name: 'A.' });
  });

  it('becomes verified when Cognito has verified its email', async () => {
    await setting.mirrorWith()(observedUser({ emailVerified: false }));
    await setting.mirrorWith()(observedUser({ observedAt: at(60) }));
    expect(ada()?.email_verified).toBe(true);
  });

  it('moves to a new email together with its verified flag', async () => {
    await setting.mirrorWith()(ADA);
    await setting.mirrorWith()(observedUser({ email: 'countess@example.com', observedAt: at(60) }));
    expect(lastBody()).toMatchObject({ email: 'countess@example.com', email_verified: true });
    expect(control().userByEmail('countess@example.com')).toMatchObject({
      external_id: ADA.sub,
      email_verified: true,
    });
  });

  it('keeps its email when the new one in Cognito is not verified', async () => {
    await setting.mirrorWith()(ADA);
    const change = { email: 'victim@example.com', emailVerified: false, observedAt: at(60) };
    expect((await setting.mirrorWith()(observedUser(change))).outcome).toBe('unchanged');
    expect(ada()?.external_id).toBe(ADA.sub);
  });

  it('is unchanged when only the case of its email differs', async () => {
    await setting.mirrorWith()(ADA);
    const outcome = await setting.mirrorWith()(
      observedUser({ email: 'Ada@Example.COM', observedAt: at(60) }),
    );
    expect(outcome.outcome).toBe('unchanged');
  });

  it('is in conflict when it moves to a taken email, and no user changes', async () => {
    const bob = { sub: 'cccccccc-0000-4000-8000-000000000003', email: 'bob@example.com' };
    await setting.mirrorWith()(ADA);
    await setting.mirrorWith()(observedUser({ ...bob, username: 'bob' }));
    const before = control().users();
    const moved = observedUser({ email: 'bob@example.com', givenName: 'X', observedAt: at(60) });
    expect(await setting.mirrorWith()(moved)).toMatchObject({
      outcome: 'conflict',
      reason: 'email_taken',
    });
    expect(control().users()).toEqual(before);
  });

  it('is in conflict when a directory manages its email', async () => {
    await setting.mirrorWith()(ADA);
    control().lockEmail(ada()?.id ?? '');
    const moved = observedUser({ email: 'countess@example.com', observedAt: at(60) });
    expect(await setting.mirrorWith()(moved)).toMatchObject({
      outcome: 'conflict',
      reason: 'email_locked',
    });
  });

  it('is stale when it was observed before its last change', async () => {
    await setting.mirrorWith()(observedUser({ observedAt: at(60) }));
    const before = control().users();
    const older = observedUser({ givenName: 'Old', observedAt: at(59) });
    expect((await setting.mirrorWith()(older)).outcome).toBe('stale');
    expect(control().users()).toEqual(before);
  });

  it('loses the tags of a provider when it has lost the provider', async () => {
    const linked = observedUser({ identities: [googleIdentity({ primary: false })] });
    const oauthClients = { Google: { type: 'Google', clientId: '123' } };
    await setting.mirrorWith({ oauthClients })(linked);
    await setting.mirrorWith({ oauthClients })(observedUser({ observedAt: at(60) }));
    expect(ada()?.metadata).toEqual({
      cognito_pool: POOL,
      cognito_auth: 'password',
      cognito_synced_at: at(60),
    });
  });

  it('gets new client tags when OAUTH_CLIENTS changes, and keeps them when it is not set', async () => {
    const map = (clientId: string) => ({ oauthClients: { Google: { type: 'Google', clientId } } });
    await setting.mirrorWith(map('old'))(GOOGLE_ADA);
    await setting.mirrorWith(map('new'))(federatedUser({ observedAt: at(60) }));
    expect(ada()?.metadata.oauth_clients).toBe('Google=new');
    const outcome = await setting.mirrorWith()(federatedUser({ observedAt: at(90) }));
    expect(outcome.outcome).toBe('unchanged');
    expect(ada()?.metadata.oauth_clients).toBe('Google=new');
  });
});

describe('a WorkOS user with the same email and no external id', () => {
  it('is linked when both sides have verified the email', async () => {
    control().seedUser({ email: 'Ada@Example.com', email_verified: true, metadata: { crm: '1' } });
    expect((await setting.mirrorWith()(ADA)).outcome).toBe('linked');
    expect(control().users()).toHaveLength(1);
    expect(ada()).toMatchObject({
      external_id: ADA.sub,
      first_name: 'Ada',
      metadata: { crm: '1', cognito_pool: POOL, cognito_auth: 'password' },
    });
  });

  it('is in conflict, and unchanged, for a profile with an unverified email', async () => {
    control().seedUser({ email: 'ada@example.com', email_verified: true, first_name: 'Real' });
    const before = control().users();
    const attacker = observedUser({ emailVerified: false, givenName: 'Mallory' });
    expect(await setting.mirrorWith()(attacker)).toMatchObject({
      outcome: 'conflict',
      reason: 'unverified_email',
      workosUserId: before[0]?.id,
    });
    expect(control().users()).toEqual(before);
  });

  it('is linked to an unverified profile of a trusted provider, and no verified flag is sent', async () => {
    control().seedUser({ email: 'ada@example.com', email_verified: true });
    const unmapped = federatedUser({ emailVerified: false });
    const trusting = setting.mirrorWith({ trustedProviders: new Map([['Google', 'all']]) });
    expect((await trusting(unmapped)).outcome).toBe('linked');
    expect(lastBody()).not.toHaveProperty('email_verified');
    expect(ada()?.external_id).toBe(GOOGLE_ADA.sub);
  });

  it('is in conflict for a profile with a provider that is not trusted', async () => {
    control().seedUser({ email: 'ada@example.com', email_verified: true });
    const mixed = federatedUser({
      emailVerified: false,
      identities: [googleIdentity(), googleIdentity({ providerName: 'Shady', primary: false })],
    });
    const trusting = setting.mirrorWith({ trustedProviders: new Map([['Google', 'all']]) });
    expect((await trusting(mixed)).outcome).toBe('conflict');
  });
});

describe("a WorkOS user that carries the customer's own external id", () => {
  it('is in conflict, and unchanged', async () => {
    control().seedUser({ email: 'ada@example.com', email_verified: true, external_id: 'crm-77' });
    const before = control().users();
    expect(await setting.mirrorWith()(ADA)).toMatchObject({
      outcome: 'conflict',
      reason: 'foreign_external_id',
    });
    expect(control().users()).toEqual(before);
  });
});

describe('two Cognito profiles of one person', () => {
  it('become one WorkOS user, the same in either order', async () => {
    await setting.mirrorWith()(ADA);
    await setting.mirrorWith()(federatedUser({ observedAt: at(60) }));
    const nativeFirst = control().users().map(comparable);

    const other = await startMirrorOnWorkos({});
    await other.mirrorWith()(federatedUser({ observedAt: at(60) }));
    await other.mirrorWith()(ADA);
    const federatedFirst = other.workos.control.users().map(comparable);
    await other.close();

    expect(nativeFirst).toEqual([
      expect.objectContaining({
        external_id: ADA.sub,
        first_name: 'Ada',
        last_name: 'Lovelace',
        metadata: {
          cognito_pool: POOL,
          cognito_auth: 'password+federated',
          cognito_linked_subs: GOOGLE_ADA.sub,
          federated_providers: 'Google',
          cognito_synced_at: at(0),
        },
      }),
    ]);
    expect(federatedFirst).toEqual(nativeFirst);
  });

  it('are linked in four requests', async () => {
    await setting.mirrorWith()(ADA);
    requests();
    await setting.mirrorWith()(GOOGLE_ADA);
    expect(requests()).toEqual(['GET /external_id', 'POST /', 'GET /', 'PUT /:id']);
  });

  it('take the names of the native one although the federated one was observed later', async () => {
    await setting.mirrorWith()(ADA);
    await setting.mirrorWith()(federatedUser({ observedAt: at(90) }));
    const renamed = observedUser({ familyName: 'King', observedAt: at(60) });
    expect((await setting.mirrorWith()(renamed)).outcome).toBe('updated');
    expect(ada()?.last_name).toBe('King');
  });

  it('cost one read, and change no name or email, when the linked one is observed again', async () => {
    const mirror = setting.mirrorWith();
    await mirror(ADA);
    await mirror(GOOGLE_ADA);
    await mirror(federatedUser({ observedAt: at(30) }));
    requests();
    const before = control().users();
    const outcome = await mirror(
      federatedUser({ givenName: 'Other', email: 'ADA@example.com', observedAt: at(60) }),
    );
    expect(outcome.outcome).toBe('unchanged');
    expect(requests()).toEqual(['GET /']);
    expect(control().users()).toEqual(before);
  });

  it('keep all providers and subs when three profiles are linked at the same moment', async () => {
    const mirror = setting.mirrorWith();
    await mirror(ADA);
    const others = ['Google', 'Facebook', 'LoginWithAmazon'].map((providerName, index) =>
      federatedUser({
        sub: `bbbbbbbb-0000-4000-8000-00000000001${index}`,
        identities: [googleIdentity({ providerName })],
      }),
    );
    await Promise.all(others.map((user) => mirror(user)));
    expect(ada()?.metadata).toMatchObject({
      federated_providers: 'Facebook,Google,LoginWithAmazon',
      cognito_linked_subs: others.map((user) => user.sub).join(','),
    });
  });

  it('keep the tags of both when the native one signs in again', async () => {
    await setting.mirrorWith()(ADA);
    await setting.mirrorWith()(GOOGLE_ADA);
    const before = ada()?.metadata;
    const outcome = await setting.mirrorWith()(observedUser({ observedAt: at(120) }));
    expect(outcome.outcome).toBe('unchanged');
    expect(ada()?.metadata).toEqual(before);
    expect(before).toMatchObject({
      cognito_auth: 'password+federated',
      cognito_linked_subs: GOOGLE_ADA.sub,
    });
  });
});

describe('a squatter on an unverified address', () => {
  const SQUATTER = observedUser({
    sub: 'dddddddd-0000-4000-8000-000000000004',
    username: 'mallory',
    emailVerified: false,
    givenName: 'Mallory',
    familyName: 'Evil',
    identities: [googleIdentity({ providerName: 'Shady', primary: false })],
  });

  it('is displaced by the verified owner, who gets exactly their own names and no link to it', async () => {
    await setting.mirrorWith()(SQUATTER);
    const { familyName: _, ...owner } = observedUser({ observedAt: at(60) });
    expect((await setting.mirrorWith()(owner)).outcome).toBe('linked');
    expect(control().users()).toHaveLength(1);
    expect(ada()).toMatchObject({
      external_id: ADA.sub,
      email_verified: true,
      first_name: 'Ada',
      last_name: '',
      metadata: {
        cognito_pool: POOL,
        cognito_auth: 'password',
        cognito_synced_at: at(60),
      },
    });
    expect(ada()?.metadata).not.toHaveProperty('cognito_linked_subs');
    expect(ada()?.metadata).not.toHaveProperty('federated_providers');
  });

  it('is displaced by a verified federated owner', async () => {
    await setting.mirrorWith()(SQUATTER);
    await setting.mirrorWith()(federatedUser({ observedAt: at(60) }));
    expect(ada()).toMatchObject({ external_id: GOOGLE_ADA.sub, first_name: 'Augusta' });
    expect(ada()?.metadata.cognito_auth).toBe('federated');
  });

  it('is in conflict, and changes nothing, when it is observed after the owner', async () => {
    await setting.mirrorWith()(SQUATTER);
    await setting.mirrorWith()(observedUser({ observedAt: at(60) }));
    const before = control().users();
    const again = await setting.mirrorWith()({ ...SQUATTER, observedAt: at(90) });
    expect(again).toMatchObject({ outcome: 'conflict', reason: 'unverified_email' });
    expect(control().users()).toEqual(before);
  });

  it('is told apart from an unverified profile of a trusted provider, which is linked', async () => {
    const trusting = setting.mirrorWith({ trustedProviders: new Map([['Google', 'all']]) });
    await trusting(federatedUser({ emailVerified: false }));
    await trusting(observedUser({ observedAt: at(60) }));
    expect(ada()).toMatchObject({ external_id: ADA.sub, email_verified: true });
    expect(ada()?.metadata.cognito_linked_subs).toBe(GOOGLE_ADA.sub);
  });
});

describe('the metadata of a user', () => {
  it('stays within the limits of WorkOS for many long provider names in any script', async () => {
    const oauthClients = Object.fromEntries(
      ['Ünïcode', 'a,b=c', ...range(12).map((n) => `Provider-${n}-${'x'.repeat(20)}`)].map(
        (name) => [name, { type: 'OIDC', clientId: `${name}-${'y'.repeat(90)}` }],
      ),
    );
    const identities = Object.keys(oauthClients).map((providerName) =>
      googleIdentity({ providerName }),
    );
    const user = federatedUser({ identities, userPoolId: 'eu-central-1_Äöü' });
    expect((await setting.mirrorWith({ oauthClients })(user)).outcome).toBe('created');
    const { metadata } = ada() as StrictUser;
    expect(metadata.federated_providers?.split(',')).toContain('%C3%9Cn%C3%AFcode');
    expect(metadata.federated_providers?.split(',')).toContain('a%2Cb%3Dc');
    const again = await setting.mirrorWith({ oauthClients })({ ...user, observedAt: at(60) });
    expect(again.outcome).toBe('unchanged');
  });

  it('stays within the limits of WorkOS beside seven keys of the customer', async () => {
    const theirs = Object.fromEntries(range(7).map((n) => [`crm_${n}`, 'x']));
    control().seedUser({ email: 'ada@example.com', email_verified: true, metadata: theirs });
    expect((await setting.mirrorWith()(GOOGLE_ADA)).outcome).toBe('linked');
    expect(ada()?.metadata).toMatchObject(theirs);
    const again = await setting.mirrorWith()(federatedUser({ observedAt: at(60) }));
    expect(again.outcome).toBe('unchanged');
  });
});

describe('two processes at the same time', () => {
  it('create one user when both mirror the same profile', async () => {
    const [one, other] = [setting.mirrorWith(), setting.mirrorWith()];
    const outcomes = await Promise.all([one(ADA), other(ADA)]);
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['created', 'unchanged']);
    expect(control().users()).toHaveLength(1);
  });

  it('create one user when each mirrors another profile of the same person', async () => {
    await Promise.all([setting.mirrorWith()(ADA), setting.mirrorWith()(GOOGLE_ADA)]);
    await Promise.all([setting.mirrorWith()(ADA), setting.mirrorWith()(GOOGLE_ADA)]);
    expect(control().users()).toHaveLength(1);
    expect(ada()).toMatchObject({ external_id: ADA.sub, first_name: 'Ada' });
  });
});

describe('the mirror, when WorkOS fails', () => {
  it.each([
    ['500', { kind: 'status', status: 500 }],
    ['503', { kind: 'status', status: 503 }],
    ['401', { kind: 'status', status: 401, body: { message: 'Unauthorized' } }],
    ['403', { kind: 'status', status: 403, body: { message: 'Forbidden' } }],
    ["a proxy's page", { kind: 'html', status: 400 }],
    ['garbage', { kind: 'garbage' }],
    ['a reset connection', { kind: 'reset' }],
  ] as const)('throws a RetryableError for %s, on a read and on a write', async (_, fault) => {
    for (const methods of [['GET'], ['POST', 'PUT']]) {
      control().onRequest = ({ method }) => (methods.includes(method) ? fault : undefined);
      await expect(setting.mirrorWith()(ADA)).rejects.toBeInstanceOf(RetryableError);
    }
    control().onRequest = undefined;
    expect((await setting.mirrorWith()(ADA)).outcome).toBe('created');
  });

  it.each(['GET', 'POST'])(
    'rejects the user for a 403 on a %s that requests for other users do not get',
    async (method) => {
      const fault = { kind: 'status', status: 403, body: { code: 'user_is_locked' } } as const;
      control().onRequest = (request) => {
        const isAboutAda = request.path.includes(ADA.sub) || request.method === 'POST';
        return request.method === method && isAboutAda ? fault : undefined;
      };
      const outcome = await setting.mirrorWith()(ADA);
      expect(outcome).toEqual({ outcome: 'rejected', reason: 'user_is_locked' });
      expect(control().users()).toEqual([]);
    },
  );

  it('rejects the user with status_400 for a 400 without a code', async () => {
    const fault = { kind: 'status', status: 400, body: { message: 'Bad Request' } } as const;
    control().onRequest = ({ method }) => (method === 'POST' ? fault : undefined);
    const outcome = await setting.mirrorWith()(ADA);
    expect(outcome).toEqual({ outcome: 'rejected', reason: 'status_400' });
  });

  it('throws an error with the seconds of Retry-After for a 429, after one request', async () => {
    control().faults.push({ kind: 'status', status: 429, headers: { 'retry-after': '7' } });
    await expect(setting.mirrorWith()(ADA)).rejects.toMatchObject({ retryAfterSeconds: 7 });
    expect(requests()).toHaveLength(1);
  });

  it('creates one user when the answer to the create was lost', async () => {
    control().onRequest = ({ method }) =>
      method === 'POST' ? { kind: 'reset', afterApplying: true } : undefined;
    await expect(setting.mirrorWith()(ADA)).rejects.toBeInstanceOf(RetryableError);
    control().onRequest = undefined;
    expect((await setting.mirrorWith()(ADA)).outcome).toBe('unchanged');
    expect(control().users()).toHaveLength(1);
  });

  it('throws a RetryableError when its signal aborts a request without an answer', async () => {
    control().faults.push({ kind: 'hang' });
    const mirror = setting.mirrorWith();
    await expect(mirror(ADA, AbortSignal.timeout(100))).rejects.toBeInstanceOf(RetryableError);
  });

  it('throws an error that contains no email', async () => {
    const answers = { kind: 'status', status: 500, body: { message: 'ada@example.com' } } as const;
    control().faults.push(answers);
    const error = await setting
      .mirrorWith()(ADA)
      .catch((thrown: RetryableError) => thrown);
    expect(error).toBeInstanceOf(RetryableError);
    expect(String(error)).not.toContain('ada@');
    expect(JSON.stringify(error)).not.toContain('ada@');
  });
});

describe('the mirror, when WorkOS answers 409 user_already_exists for a taken email', () => {
  let emulatorStyle: MirrorOnWorkos;
  beforeAll(async () => {
    emulatorStyle = await startMirrorOnWorkos({ emulatorStyleConflicts: true });
  });
  afterAll(() => emulatorStyle.close());

  it('links the second profile', async () => {
    await emulatorStyle.mirrorWith()(ADA);
    expect((await emulatorStyle.mirrorWith()(GOOGLE_ADA)).outcome).toBe('linked');
  });
});

function range(count: number): number[] {
  return [...Array(count).keys()];
}

async function put(id: string | undefined, body: unknown): Promise<void> {
  const response = await fetch(`${setting.workos.url}/user_management/users/${id}`, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${setting.workos.apiKey}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
}
