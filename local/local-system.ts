import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { LocalCognito, LocalCognitoOptions } from './emulators/cognito/cognito.ts';
import type { LocalControlPlane } from './emulators/control-plane/control-plane.ts';
import type { LocalDynamodb } from './emulators/dynamodb.ts';
import type { EmulatedKey, KmsEmulator } from './emulators/kms.ts';
import type { EventSource, EventSourceOptions } from './emulators/lambda/event-source.ts';
import type { LocalLambda, LocalLambdaOptions } from './emulators/lambda/lambda.ts';
import type { LocalQueue, LocalQueueOptions } from './emulators/sqs.ts';
import type { AnsweredRequest, StrictWorkos, StrictWorkosOptions } from './emulators/workos.ts';
import type { PatrolExecution } from './patrol.ts';

/** Told of everything that happens, as it happens. */
export type SystemObserver = {
  onCognitoRequest: LocalCognitoOptions['onRequest'];
  onInvoke: LocalLambdaOptions['onInvoke'];
  onError: LocalLambdaOptions['onError'];
  onLog: LocalLambdaOptions['onLog'];
  onProfiles: LocalCognitoOptions['onProfiles'];
  onProfileGone: LocalCognitoOptions['onProfileGone'];
  onSend: LocalQueueOptions['onSend'];
  /** How many messages the dead-letter queue has, after some were taken away. */
  onDeadLetters: (count: number) => void;
  onWorkosRequest: (request: AnsweredRequest) => void;
  onWorkosUser: StrictWorkosOptions['onUser'];
  onWorkosUserGone: StrictWorkosOptions['onUserGone'];
  onBatch: EventSourceOptions['onBatch'];
};

export type LocalSystem = {
  cognito: LocalCognito;
  /** For the public Cognito API of this machine. */
  cognitoClient: CognitoIdentityProviderClient;
  userPoolId: string;
  clientId: string;
  lambda: LocalLambda;
  queue: LocalQueue;
  /** Resolves when nothing is on its way, neither a change of the pool nor a message to the consumer. */
  drained: EventSource['drained'];
  /** What the schedule of the patrol starts: one round. */
  patrol(signal: AbortSignal): Promise<PatrolExecution>;
  /** Has CloudTrail report every call of the Cognito API from now on, as with observeChanges=true. */
  observeChanges(): void;
  workos: StrictWorkos;
  /** The KMS of this machine, and the one key in it, which opens sealed passwords. */
  kms: KmsEmulator;
  passwordKey: EmulatedKey;
  /** The ledger's table. */
  dynamodb: LocalDynamodb;
  /** What the commands ask AWS for beside. */
  controlPlane: LocalControlPlane;
  /** Ends everything that was started, last things first. */
  close(): Promise<void>;
};
