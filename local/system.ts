import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { triggerToFunctionName } from '../src/user-pool-triggers/function-name.ts';
import { systemToDeployed } from './deployed.ts';
import { startCognito } from './emulators/cognito/cognito.ts';
import { createUserPool } from './emulators/cognito/user-pool.ts';
import { startControlPlane } from './emulators/control-plane/control-plane.ts';
import { startDynamodb } from './emulators/dynamodb.ts';
import { startKms } from './emulators/kms.ts';
import { startEventSource } from './emulators/lambda/event-source.ts';
import { SERVERLESS_FILE, startLambda } from './emulators/lambda/lambda.ts';
import { readServerlessConfig } from './emulators/lambda/serverless-config.ts';
import { LOCAL_CREDENTIALS, startQueue } from './emulators/sqs.ts';
import { startStrictWorkos, WORKOS_LIMITS } from './emulators/workos.ts';
import { consumerEnvironment, observerEnvironments, triggerEnvironments } from './environment.ts';
import { existingUsers } from './existing-users.ts';
import type { LocalSystem, SystemObserver } from './local-system.ts';
import { measure } from './measure.ts';
import { executePatrol } from './patrol.ts';
import { createTrail } from './trail.ts';

export const REGION = 'us-east-1';

const ACCOUNT = '000000000000';
const WORKOS_API_KEY = 'sk_test_local';
const TRIGGERS = {
  PostConfirmation: triggerToFunctionName('PostConfirmation'),
  PreAuthentication: triggerToFunctionName('PreAuthentication'),
  PostAuthentication: triggerToFunctionName('PostAuthentication'),
};
/** As many sandboxes of the consumer as a laptop can bear. */
const MAXIMUM_CONCURRENCY = 4;

/**
 * Starts the whole system on this machine, with a user pool that has been in use for years and whose
 * triggers have just been attached, and with a WorkOS without users.
 * Rejects when a part does not start, after ending those that did.
 */
export async function startSystem(observer: Partial<SystemObserver> = {}): Promise<LocalSystem> {
  const closers: (() => unknown)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  const keep = <T extends { close(): unknown }>(part: T): T => {
    closers.push(() => part.close());
    return part;
  };
  try {
    const config = await readServerlessConfig(SERVERLESS_FILE);
    const queue = keep(
      await startQueue({
        region: REGION,
        ...config.queue,
        onSend: observer.onSend,
        onDeadLetters: observer.onDeadLetters,
      }),
    );
    const workos = keep(
      await startStrictWorkos({
        apiKey: WORKOS_API_KEY,
        limits: WORKOS_LIMITS,
        allowDeletes: true,
        onAnswer: observer.onWorkosRequest,
        onUser: observer.onWorkosUser,
        onUserGone: observer.onWorkosUserGone,
      }),
    );
    const kms = keep(await startKms({ region: REGION, account: ACCOUNT }));
    const [passwordKey, dynamodb] = await Promise.all([
      kms.createKey(),
      startDynamodb({ region: REGION }).then(keep),
    ]);
    const cloudWatch = await measure(queue);
    const observed = {
      ...observer,
      onLog: (functionName: string, line: string) => {
        cloudWatch.noteLine(line);
        observer.onLog?.(functionName, line);
      },
    };
    const env = triggerEnvironments({ queue });
    const trail = createTrail({ queue, pattern: config.eventPattern });
    const lambda = keep(await startLambda({ ...observed, config, region: REGION, env }));
    const cognito = keep(
      await startCognito({
        lambdaUrl: lambda.url,
        region: REGION,
        functions: TRIGGERS,
        onRequest: observer.onCognitoRequest,
        onProfiles: observer.onProfiles,
        onProfileGone: observer.onProfileGone,
        onCall: trail.report,
      }),
    );
    const cognitoClient = createCognitoClient(cognito.url);
    closers.push(() => cognitoClient.destroy());
    const pool = await createUserPool(cognitoClient, REGION, TRIGGERS);
    // The triggers have to be there before the pool, and the consumer asks the pool.
    const consumerLambda = keep(
      await startLambda({
        ...observed,
        config,
        region: REGION,
        env: {
          ...consumerEnvironment({ cognito, dynamodb, kms, passwordKey, queue, workos, ...pool }),
          ...observerEnvironments({ cognito, dynamodb, queue, ...pool }),
        },
      }),
    );
    const consumer = config.functions.find(({ name }) => name === 'consumer')?.eventSource;
    const source = startEventSource({
      ...queue,
      ...consumer,
      maximumConcurrency: Math.min(consumer?.maximumConcurrency ?? 2, MAXIMUM_CONCURRENCY),
      region: REGION,
      invoke: (event) => consumerLambda.invoke('consumer', event),
      onBatch: observer.onBatch,
    });
    closers.push(() => source.stop());
    const changes = startEventSource({
      ...config.functions.find(({ name }) => name === 'poolChange')?.eventSource,
      ...queue.changes,
      client: queue.client,
      region: REGION,
      invoke: (event) => consumerLambda.invoke('poolChange', event),
    });
    closers.push(() => changes.stop());
    const invokePatrol = (event: unknown) => consumerLambda.invoke('patrol', event);
    const deployed = systemToDeployed(
      { dynamodb, passwordKey, queue, workos, ...pool },
      { region: REGION, patrol: invokePatrol, cloudWatch },
    );
    const controlPlane = keep(await startControlPlane(deployed));
    await cognito.addUsers(pool.userPoolId, existingUsers());
    const keys = { kms, passwordKey };
    const parts = {
      cognito,
      cognitoClient,
      controlPlane,
      dynamodb,
      lambda,
      queue,
      workos,
      ...keys,
    };
    const drained: LocalSystem['drained'] = async (options) => {
      await changes.drained(options);
      await source.drained(options);
    };
    const patrol: LocalSystem['patrol'] = (signal) => executePatrol(invokePatrol, {}, signal);
    return { ...parts, ...pool, drained, patrol, observeChanges: trail.start, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function createCognitoClient(endpoint: string): CognitoIdentityProviderClient {
  return new CognitoIdentityProviderClient({
    endpoint,
    region: REGION,
    credentials: LOCAL_CREDENTIALS,
  });
}
