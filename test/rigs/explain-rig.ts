import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { createPoolRequest } from '../../src/cognito/pool-requests.ts';
import type { MirrorConfig } from '../../src/config/mirror.ts';
import { type Asked, explain } from '../../src/explain/explain.ts';
import type { ExplainSetting } from '../../src/explain/explain-profile.ts';
import type { Explanation } from '../../src/explain/explanation.ts';
import { createPoolLookup } from '../../src/explain/pool-lookup.ts';
import { readOnlyLedger } from '../../src/explain/read-only-ledger.ts';
import { connectLedgerClient } from '../../src/ledger/connect-ledger.ts';
import { createDynamoLedger } from '../../src/ledger/dynamo-ledger.ts';
import type { ObservedUser } from '../../src/user/observed-user.ts';
import { forgetInPool, showInPool } from '../fixtures/cognito-records.ts';
import { type Rig, RULES, startRig } from './ledger-rig.ts';
import { workosUsersOn } from './workos-users-on.ts';

/** The explanations of persons on a strict Cognito, a strict WorkOS and a ledger in DynamoDB, beside the real mirror. */
export type ExplainRig = Pick<Rig, 'cognito' | 'clock' | 'profiles' | 'ledMirror'> & {
  workos: Rig['led'];
  explain(asked: Asked, partial?: Partial<ExplainSetting>): Promise<Explanation[]>;
  /** The only explanation of somebody. */
  explainOne(asked: Asked, partial?: Partial<ExplainSetting>): Promise<Explanation>;
  /** Cognito shows this profile from now on. */
  show(user: ObservedUser): ObservedUser;
  /** And a sign-in of it is mirrored. */
  signIn(user: ObservedUser): Promise<void>;
  forget(sub: string): void;
  /** All items of the ledger's table. */
  ledgerItems(): Promise<unknown[]>;
  close(): Promise<void>;
};

export async function startExplainRig(): Promise<ExplainRig> {
  const rig = await startRig();
  const clock = () => new Date(rig.clock.ms);
  const { userPoolId } = rig.cognito;
  const client = new CognitoIdentityProviderClient({
    endpoint: rig.cognito.endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  const dynamodb = connectLedgerClient({ region: 'us-east-1' });
  const ledger = createDynamoLedger({
    client: dynamodb,
    table: rig.dynamodb.table,
    clock,
    onUnavailable: () => {},
  });
  const { signal } = new AbortController();
  const config: MirrorConfig = { ...RULES, clock };
  const setting: ExplainSetting = {
    userPoolId,
    lookup: createPoolLookup({
      client,
      request: createPoolRequest(userPoolId),
      userPoolId,
      clock,
      signal,
    }),
    reader: workosUsersOn(rig.led),
    profiles: rig.profiles,
    config,
    ledger: readOnlyLedger(ledger),
    trustHours: 24,
    readEntry: async (sub) => ({
      known: true,
      value: (await ledger.read([sub])).get(sub) ?? null,
    }),
    findDeadLetters: () => ({
      known: true,
      value: { messages: [], lookedAt: 0, notLookedAt: 0 },
    }),
    deletions: 'keep',
    clock,
    signal,
  };
  const mirror = rig.ledMirror();

  const explainAll: ExplainRig['explain'] = async (asked, partial = {}) =>
    (await explain(asked, { ...setting, ...partial })).explanations;
  const show = (user: ObservedUser) => {
    rig.clock.ms += 60_000;
    const observed = { ...user, observedAt: clock().toISOString() };
    showInPool(rig.cognito, observed);
    return observed;
  };
  return {
    ...rig,
    workos: rig.led,
    explain: explainAll,
    async explainOne(asked, partial) {
      const [only, ...others] = await explainAll(asked, partial);
      if (!only || others.length > 0) throw new Error(`${others.length + 1} explanations`);
      return only;
    },
    show,
    async signIn(user) {
      await mirror(show(user));
    },
    forget: (sub) => forgetInPool(rig.cognito, sub),
    async ledgerItems() {
      const { Items = [] } = await dynamodb.send(
        new ScanCommand({ TableName: rig.dynamodb.table }),
      );
      return Items;
    },
    async close() {
      client.destroy();
      dynamodb.destroy();
      await rig.close();
    },
  };
}
