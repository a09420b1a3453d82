import packageJson from '../package.json' with { type: 'json' };
import { defaultApiKeyParameter } from '../src/stage/stage-environment.ts';
import { SERVICE } from '../src/user-pool-triggers/function-name.ts';
import type { LocalCloudWatch } from './emulators/cloudwatch/types.ts';
import type { Deployed, LocalStateMachine } from './emulators/control-plane/types.ts';
import type { LocalSystem } from './local-system.ts';

/** The stage that the local run stands for: `--stage local`. */
export const LOCAL_STAGE = 'local';
const ACCOUNT = '000000000000';
const TRIGGER_VARIABLES = {
  PostConfirmation: 'SYNC_POST_CONFIRMATION_FUNCTION_ARN',
  PreAuthentication: 'SYNC_PRE_AUTHENTICATION_FUNCTION_ARN',
  PostAuthentication: 'SYNC_POST_AUTHENTICATION_FUNCTION_ARN',
};

/**
 * The local system as a deployed stack: its functions with their variables, its outputs and its key.
 *
 * @param how.patrol invokes the function, for executions of its state machine.
 */
export function systemToDeployed(
  parts: Pick<LocalSystem, 'dynamodb' | 'passwordKey' | 'queue' | 'userPoolId' | 'workos'>,
  how: { region: string; patrol: LocalStateMachine['invoke']; cloudWatch: LocalCloudWatch },
): Deployed {
  const { region, patrol, cloudWatch } = how;
  const { dynamodb, passwordKey, queue, userPoolId, workos } = parts;
  const keyParameter = defaultApiKeyParameter(LOCAL_STAGE);
  const nameOf = (own: string) => `${SERVICE}-${LOCAL_STAGE}-${own}`;
  const arnOf = (own: string) => `arn:aws:lambda:${region}:${ACCOUNT}:function:${nameOf(own)}`;
  const stateMachine = `arn:aws:states:${region}:${ACCOUNT}:stateMachine:${nameOf('patrol')}`;
  const pool = { SYNC_USER_POOL_ID: userPoolId };
  const attached = {
    ...pool,
    [TRIGGER_VARIABLES.PostConfirmation]: arnOf('postConfirmation'),
    [TRIGGER_VARIABLES.PreAuthentication]: arnOf('preAuthentication'),
    [TRIGGER_VARIABLES.PostAuthentication]: arnOf('postAuthentication'),
  };
  const variables: Record<string, Record<string, string>> = {
    postConfirmation: {},
    preAuthentication: {},
    postAuthentication: {},
    consumer: { ...pool, WORKOS_API_KEY_PARAMETER: keyParameter },
    triggerAttachment: attached,
    triggerWatch: attached,
  };
  return {
    stage: LOCAL_STAGE,
    region,
    account: ACCOUNT,
    functions: Object.entries(variables).map(([own, each]) => ({
      name: nameOf(own),
      arn: arnOf(own),
      variables: each,
    })),
    outputs: {
      SyncQueueUrl: queue.queueUrl,
      SyncDeadLetterQueueUrl: queue.deadLetterQueueUrl,
      SyncLedgerTable: dynamodb.table,
      PasswordKeyId: passwordKey.id,
      SyncPatrolStateMachine: stateMachine,
      SyncVersion: packageJson.version,
    },
    cloudWatch,
    stateMachines: [{ arn: stateMachine, invoke: patrol }],
    // Rounds of the patrol are started by the story and by commands.
    stackParameters: { UserPoolId: userPoolId, Patrol: 'off' },
    parameters: { [keyParameter]: workos.apiKey },
  };
}
