import { setTimeout as sleep } from 'node:timers/promises';
import {
  AdminGetUserCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolCommand,
  type CreateUserPoolCommandInput,
  DescribeUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { startCognito } from '../../local/emulators/cognito/cognito.ts';
import { listCognitoUsers } from '../../local/emulators/cognito/list-users.ts';
import { LOCAL_CREDENTIALS } from '../../local/emulators/sqs.ts';
import { type StrictWorkos, startStrictWorkos } from '../../local/emulators/workos.ts';
import { type AppClients, createAppClients } from '../../src/canary/app-clients.ts';
import { SIMULATOR } from '../../src/canary/mark.ts';
import { createPoolActions } from '../../src/canary/pool-actions.ts';
import { poolToFacts } from '../../src/canary/pool-facts.ts';
import { runCanary } from '../../src/canary/run-canary.ts';
import type { CanaryReport, StepReport } from '../../src/canary/types.ts';
import type { CanaryWorld, PasswordCarrying } from '../../src/canary/world.ts';
import { createPoolProfiles } from '../../src/cognito/pool-profiles.ts';
import type { LedgerEntry } from '../../src/ledger/ledger.ts';
import { createMirror } from '../../src/mirror/mirror.ts';
import { hashPassword } from '../../src/passwords/hash-password.ts';
import { PlainPassword } from '../../src/passwords/plain-password.ts';
import { triggerEventToObservation } from '../../src/triggers/trigger-event.ts';
import { createPasswordSignIn } from '../../src/workos/password-sign-in.ts';
import { createReadWholeUser } from '../../src/workos/whole-user.ts';
import { readText, startLocalServer } from '../stand-ins/local-server.ts';
import { workosUsersOn } from './workos-users-on.ts';

const REGION = 'eu-central-1';
const TRIGGERS = {
  PostConfirmation: 'postConfirmation',
  PreAuthentication: 'preAuthentication',
  PostAuthentication: 'postAuthentication',
};
const SOURCES = [
  'PostConfirmation_ConfirmSignUp',
  'PreAuthentication_Authentication',
  'PostAuthentication_Authentication',
] as const;

/** What becomes of a request to Cognito; `lost`: it is carried out, and its answer is not sent. */
type CognitoFault =
  | { kind: 'error'; type: string }
  | { kind: 'answer'; body: object }
  | { kind: 'lost' };
/** What becomes of an observation; default: it is mirrored at once. */
type Delivery = { kind: 'lost' } | { kind: 'late'; ms: number };

export type CanaryRig = {
  world: CanaryWorld;
  userPoolId: string;
  workos: StrictWorkos;
  cognito: CognitoIdentityProviderClient;
  steps: StepReport[];
  notices: string[];
  /** The actions that Cognito was asked for. */
  actions: string[];
  /** The answer to the nth request (from 0) of an action. */
  onCognito: ((action: string, index: number) => CognitoFault | undefined) | undefined;
  onObservation: ((triggerSource: string, username: string) => Delivery | undefined) | undefined;
  /** What the trigger answers with instead of the event; its message. */
  onTrigger: ((triggerSource: string) => string | undefined) | undefined;
  /** Cognito's endpoint, with the faults. */
  endpoint: string;
  /** One run, with the stand-ins as they are; forgets what earlier runs have told. */
  run(stop?: AbortSignal): Promise<CanaryReport>;
  /** No faults from now on. */
  restore(): void;
  /** Waits for observations that are late. */
  drained(): Promise<void>;
  usernames(): Promise<string[]>;
  has(username: string): Promise<boolean>;
  /** Everything of the canary's that is there, on both sides. */
  leftovers(): Promise<string[]>;
  close(): Promise<void>;
};

export type CanaryRigOptions = {
  pool?: Partial<CreateUserPoolCommandInput>;
  /** The consumer's ledger can be read. Default true. */
  ledger?: boolean;
  passwords?: PasswordCarrying;
  deadlineMs?: number;
};

/**
 * The canary between a Cognito whose triggers mirror at once, as a consumer without a backlog does, and a strict
 * WorkOS.
 */
export async function startCanaryRig(options: CanaryRigOptions = {}): Promise<CanaryRig> {
  const { ledger = true, deadlineMs = 400 } = options;
  const workos = await startStrictWorkos({ allowDeletes: true });
  const entries = new Map<string, LedgerEntry>();
  const late = new Set<Promise<void>>();
  let mirror: ReturnType<typeof createMirror> | undefined;
  const steps: StepReport[] = [];
  const notices: string[] = [];
  const actions: string[] = [];

  /** In the order of its messages for each user, as a FIFO queue. */
  const queues = new Map<string, Promise<void>>();
  function observe(event: { userName: string }): Promise<void> {
    const before = queues.get(event.userName) ?? Promise.resolve();
    const next = before.then(() => mirrorEvent(event));
    queues.set(event.userName, next);
    return next;
  }

  async function mirrorEvent(event: unknown): Promise<void> {
    const options = { sources: SOURCES, carriesPasswords: true };
    const observation = triggerEventToObservation(event, options, new Date());
    if (observation.kind !== 'observed' || !mirror) return;
    const { user, password } = observation;
    const sealed = password?.sealed;
    const carried = sealed === undefined ? undefined : toCarried(sealed, user.observedAt);
    const outcome = await mirror(user, undefined, carried);
    entries.set(user.sub, {
      sub: user.sub,
      observedAt: user.observedAt,
      isSecondary: false,
      state: {
        hash: '',
        rules: '',
        settledAt: new Date().toISOString(),
        outcome: outcome.outcome === 'conflict' ? 'conflict' : 'mirrored',
        ...('reason' in outcome && { reason: outcome.reason }),
      },
    });
  }

  const lambda = await startLocalServer(async (request, response) => {
    const event = JSON.parse(await readText(request));
    const refusal = rig.onTrigger?.(event.triggerSource);
    if (refusal !== undefined) {
      response.setHeader('x-amz-function-error', 'Unhandled');
      return void response.end(JSON.stringify({ errorMessage: refusal }));
    }
    const delivery = rig.onObservation?.(event.triggerSource, event.userName);
    // The time of the trigger, however late the message.
    if (!delivery) await observe(event);
    if (delivery?.kind === 'late') {
      const delayed = sleep(delivery.ms).then(() => observe(event));
      late.add(delayed);
      void delayed.finally(() => late.delete(delayed));
    }
    response.end(JSON.stringify(event));
  });
  const emulator = await startCognito({
    lambdaUrl: lambda.endpoint,
    region: REGION,
    functions: TRIGGERS,
  });
  const counts = new Map<string, number>();
  const proxy = await startLocalServer(async (request, response) => {
    const body = await readText(request);
    const action = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const index = counts.get(action) ?? 0;
    counts.set(action, index + 1);
    actions.push(action);
    const fault = rig.onCognito?.(action, index);
    if (fault?.kind === 'error') {
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
      return void response.end(JSON.stringify({ __type: fault.type, message: fault.type }));
    }
    if (fault?.kind === 'answer') {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
      return void response.end(JSON.stringify(fault.body));
    }
    const answer = await fetch(emulator.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': String(request.headers['x-amz-target']),
      },
      body,
    });
    const text = await answer.text();
    if (fault?.kind === 'lost') return void request.socket.resetAndDestroy();
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(text);
  });
  const toClient = (endpoint: string) =>
    new CognitoIdentityProviderClient({
      endpoint,
      region: REGION,
      credentials: LOCAL_CREDENTIALS,
      maxAttempts: 1,
    });
  const cognito = toClient(emulator.url);
  const throughProxy = toClient(proxy.endpoint);
  const { UserPool } = await cognito.send(
    new CreateUserPoolCommand({
      PoolName: 'canary',
      UsernameAttributes: ['email'],
      AutoVerifiedAttributes: ['email'],
      LambdaConfig: {
        PostConfirmation: arnOf('postConfirmation'),
        PreAuthentication: arnOf('preAuthentication'),
      },
      ...options.pool,
    }),
  );
  const userPoolId = UserPool?.Id ?? '';
  const described = await cognito.send(new DescribeUserPoolCommand({ UserPoolId: userPoolId }));
  const profiles = createPoolProfiles({ client: cognito, clock: () => new Date() });
  const users = workosUsersOn(workos);
  mirror = createMirror({
    workosUsers: users,
    profiles,
    config: { trustedProviders: new Map() },
  });
  const connection = {
    config: {
      hostname: workos.hostname,
      port: workos.port,
      https: false,
      apiKey: { kind: 'value' as const, value: workos.apiKey },
    },
    apiKey: { get: async () => workos.apiKey, renew: () => {} },
    counter: { sent: () => {}, rateLimited: () => {} },
  };
  const pool = { client: throughProxy, userPoolId, delayMs: 1 };
  const appClients: AppClients = createAppClients(pool);
  const world: CanaryWorld = {
    userPoolId,
    facts: poolToFacts(described.UserPool ?? {}),
    pool: createPoolActions(pool),
    appClients,
    workos: {
      users,
      wholeUser: createReadWholeUser(connection),
      signIn: createPasswordSignIn({ ...connection, clientId: 'client_01' }),
    },
    lookInLedger: async (sub) => (ledger ? entries.get(sub) : 'unknown'),
    lookAtQueue: async () => 'unknown',
    passwords: options.passwords ?? { kind: 'off', reason: 'carryPasswords is off' },
    attributes: {},
    times: { deadlineMs, settleMs: 100, settlePollMs: 10, pollMs: 10, lookAgainMs: 5 },
    clock: () => new Date(),
    observer: {
      begins: () => {},
      ends: (step) => void steps.push(step),
      notice: (text) => void notices.push(text),
    },
  };
  const listUsers = () => listCognitoUsers(cognito, userPoolId);
  const emailsOf = async () =>
    (await listUsers()).map(
      ({ Attributes = [], Username = '' }) =>
        Attributes.find(({ Name }) => Name === 'email')?.Value ?? Username,
    );
  const rig: CanaryRig = {
    world,
    userPoolId,
    workos,
    cognito,
    steps,
    notices,
    actions,
    onCognito: undefined,
    onObservation: undefined,
    onTrigger: undefined,
    endpoint: proxy.endpoint,
    run(stop = new AbortController().signal) {
      steps.length = 0;
      notices.length = 0;
      actions.length = 0;
      counts.clear();
      return runCanary(world, { mailbox: SIMULATOR, stop });
    },
    restore() {
      rig.onCognito = undefined;
      rig.onObservation = undefined;
      rig.onTrigger = undefined;
      workos.control.onRequest = undefined;
    },
    async drained() {
      while (late.size > 0) await Promise.all(late);
    },
    usernames: emailsOf,
    has: (Username) =>
      cognito.send(new AdminGetUserCommand({ UserPoolId: userPoolId, Username })).then(
        () => true,
        () => false,
      ),
    async leftovers() {
      const direct = createAppClients({ client: cognito, userPoolId });
      const clients = await direct.list();
      return [
        ...(clients.kind === 'ok' ? clients.value.map(({ name }) => `client ${name.run}`) : ['?']),
        ...(await emailsOf()).filter((email) => email.includes('cws-canary')),
        ...workos.control
          .users()
          .filter(({ email }) => email.includes('cws-canary'))
          .map(({ email }) => `workos ${email}`),
      ];
    },
    async close() {
      await Promise.all(late);
      cognito.destroy();
      throughProxy.destroy();
      await proxy.close();
      await emulator.close();
      await lambda.close();
      await workos.close();
    },
  };
  return rig;
}

function arnOf(own: string): string {
  return `arn:aws:lambda:${REGION}:000000000000:function:cognito-workos-sync-test-${own}`;
}

/** Sealing is tested elsewhere: here it has only the form of a seal. */
export const SEALING: PasswordCarrying = {
  kind: 'on',
  seal: async ({ password }) => `h.k.i.${Buffer.from(password).toString('base64url')}.t`,
};

function toCarried(sealed: string, observedAt: string) {
  return {
    isReset: false,
    observedAt,
    isSealed: true,
    hash: () =>
      hashPassword(
        new PlainPassword(Buffer.from(sealed.split('.')[3] ?? '', 'base64url').toString()),
      ),
    isPending: () => false,
    refuse: () => {},
  };
}
