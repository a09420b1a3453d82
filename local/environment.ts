import { devNull } from 'node:os';
import { LOCAL_CREDENTIALS } from './emulators/sqs.ts';
import type { LocalSystem } from './local-system.ts';

/** The OAuth client ids of the local pool's identity providers: `OAUTH_CLIENTS`. */
export const OAUTH_CLIENTS = {
  Google: { type: 'Google', clientId: 'demo-google-client' },
};

/** Of each trigger, with carryPasswords=true: nothing of this machine's own AWS configuration. */
export function triggerEnvironments({ queue }: Pick<LocalSystem, 'queue'>) {
  const trigger = { ...AWS, ...sqsEnvironment(queue) };
  const carrying = { ...trigger, SYNC_CARRY_PASSWORDS: 'true' };
  return {
    postConfirmation: carrying,
    preAuthentication: trigger,
    postAuthentication: carrying,
  };
}

/** Of the consumer, likewise. */
export function consumerEnvironment(
  parts: Pick<
    LocalSystem,
    'cognito' | 'dynamodb' | 'kms' | 'passwordKey' | 'queue' | 'workos' | 'userPoolId'
  >,
) {
  const { cognito, dynamodb, kms, passwordKey, queue, workos, userPoolId } = parts;
  return {
    consumer: {
      ...AWS,
      ...sqsEnvironment(queue),
      ...workosEnvironment(workos),
      ...ledgerEnvironment(dynamodb),
      SYNC_DLQ_URL: queue.deadLetterQueueUrl,
      SYNC_USER_POOL_ID: userPoolId,
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: cognito.url,
      PASSWORD_KEY_ID: passwordKey.id,
      AWS_ENDPOINT_URL_KMS: kms.endpoint,
    },
  };
}

/** Of the functions that read the pool and publish users without a sign-in, likewise. */
export function observerEnvironments(
  parts: Pick<LocalSystem, 'cognito' | 'dynamodb' | 'queue' | 'userPoolId'>,
) {
  const { cognito, dynamodb, queue, userPoolId } = parts;
  const observer = {
    ...AWS,
    ...sqsEnvironment(queue),
    ...ledgerEnvironment(dynamodb),
    SYNC_USER_POOL_ID: userPoolId,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: cognito.url,
  };
  // No application shares this pool's quota, and the story is not to be waited for.
  return { poolChange: observer, patrol: { ...observer, SYNC_PATROL_REQUESTS_PER_SECOND: '50' } };
}

/** What a command such as the seed needs to work on the local system, whatever the shell has set. */
export function commandEnvironment({
  cognito,
  dynamodb,
  workos,
}: Pick<LocalSystem, 'cognito' | 'dynamodb' | 'workos'>) {
  return {
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: cognito.url,
    // It would win over the credentials.
    AWS_PROFILE: '',
    ...CREDENTIALS,
    ...workosEnvironment(workos),
    ...ledgerEnvironment(dynamodb),
  };
}

/** What the commands that look at the queues need beside that. */
export function queueEnvironment({ queue }: Pick<LocalSystem, 'queue'>) {
  return { ...sqsEnvironment(queue), SYNC_DLQ_URL: queue.deadLetterQueueUrl };
}

const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
};

const AWS = {
  ...CREDENTIALS,
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
};

function sqsEnvironment(queue: LocalSystem['queue']) {
  return { AWS_ENDPOINT_URL_SQS: queue.endpoint, SYNC_QUEUE_URL: queue.queueUrl };
}

function ledgerEnvironment({ endpoint, table }: LocalSystem['dynamodb']) {
  return { AWS_ENDPOINT_URL_DYNAMODB: endpoint, SYNC_LEDGER_TABLE: table };
}

function workosEnvironment({ apiKey, port }: LocalSystem['workos']) {
  return {
    WORKOS_API_KEY: apiKey,
    // It would win over the key.
    WORKOS_API_KEY_PARAMETER: '',
    WORKOS_API_HOSTNAME: '127.0.0.1',
    WORKOS_API_PORT: String(port),
    WORKOS_API_HTTPS: 'false',
    OAUTH_CLIENTS: JSON.stringify(OAUTH_CLIENTS),
  };
}
