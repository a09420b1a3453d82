import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import { createAttachmentHandler } from '../../src/user-pool-triggers/attachment-handler.ts';
import {
  type AttachmentProperties,
  attachmentEnvironment,
  OURS,
} from '../fixtures/attachment-properties.ts';
import { startLambdaApi } from '../stand-ins/lambda-api.ts';
import { startStackAnswers } from '../stand-ins/stack-answers.ts';
import { startStackStatusApi } from '../stand-ins/stack-status-api.ts';
import { AWKWARD_SETTINGS, startStrictCognito } from '../stand-ins/strict-cognito.ts';

const STACK_ID = 'arn:aws:cloudformation:eu-central-1:111122223333:stack/sync/1';

/**
 * The function that attaches the triggers, called as CloudFormation calls it, on a strict Cognito whose
 * pool has every setting. Registers what starts it, resets it before each test and ends it.
 */
export function useTriggerAttachment() {
  const logs: string[] = [];
  let started: Awaited<ReturnType<typeof startAll>> | undefined;
  const rig = () => {
    if (!started) throw new Error('used outside of a test');
    return started;
  };
  beforeAll(async () => {
    started = await startAll();
  });
  beforeEach(() => reset(rig(), logs));
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });
  afterAll(() => rig().close());

  const pool = () => rig().cognito.control.pool;
  const triggers = () => pool().settings.LambdaConfig as Record<string, unknown>;

  async function send(
    RequestType: string,
    now: AttachmentProperties,
    before?: AttachmentProperties,
    deployed: AttachmentProperties = now,
  ) {
    const { stack, cognito } = rig();
    const event = {
      RequestType,
      ResponseURL: stack.url,
      StackId: STACK_ID,
      RequestId: `request-${stack.answers.length + 1}`,
      LogicalResourceId: 'TriggerAttachment',
      ResourceType: 'Custom::TriggerAttachment',
      ServiceToken: `${OURS}-triggerAttachment`,
      ResourceProperties: now,
      ...(RequestType !== 'Create' && { PhysicalResourceId: `${cognito.userPoolId}/triggers` }),
      ...(before && { OldResourceProperties: before }),
    };
    await invokeAttachment(event, deployed);
    const answer = stack.answers.at(-1);
    if (!answer) throw new Error('CloudFormation was not answered');
    return answer;
  }
  const update = (now: AttachmentProperties, before: AttachmentProperties) =>
    send('Update', now, before);

  return {
    cognito: () => rig().cognito,
    stack: () => rig().stack,
    cloudFormation: () => rig().cloudFormation,
    logs,
    send,
    update,
    create: (now: AttachmentProperties) => send('Create', now),
    remove: (now: AttachmentProperties) => send('Delete', now),
    async rollBack(now: AttachmentProperties, failed: AttachmentProperties) {
      rig().cloudFormation.status = 'UPDATE_ROLLBACK_IN_PROGRESS';
      const answer = await update(now, failed);
      rig().cloudFormation.status = 'UPDATE_IN_PROGRESS';
      return answer;
    },
    pool,
    triggers,
    /** Attaches these functions in place of those there are; undefined empties a trigger. */
    occupy(changes: Record<string, string | undefined>) {
      const config = { ...triggers(), ...changes };
      const kept = Object.entries(config).filter(([, arn]) => arn !== undefined);
      pool().settings = { ...pool().settings, LambdaConfig: Object.fromEntries(kept) };
    },
    /** The requests that changed the pool, or tried to. */
    writes: () =>
      rig().cognito.control.requests.filter(({ action }) => /^(Update|Set)/.test(action)),
  };
}

/** Invokes the function with this event. Whatever the event asks for, it is configured as `deployed`. */
export async function invokeAttachment(
  event: Record<string, unknown>,
  deployed: AttachmentProperties,
  wait: (milliseconds: number) => Promise<void> = async () => {},
): Promise<void> {
  const handler: unknown = createAttachmentHandler({
    service: 'trigger-attachment',
    env: { ...process.env, ...attachmentEnvironment(deployed) },
    wait,
  });
  if (typeof handler !== 'function') throw new TypeError('not a handler');
  await handler(event, { invokedFunctionArn: `${OURS}-triggerAttachment` });
}

async function startAll() {
  const cognito = await startStrictCognito();
  const stack = await startStackAnswers();
  const lambda = await startLambdaApi();
  const cloudFormation = await startStackStatusApi();
  return {
    cognito,
    stack,
    lambda,
    cloudFormation,
    async close() {
      for (const each of [stack, lambda, cloudFormation, cognito]) await each.close();
    },
  };
}

function reset(
  { cognito, stack, lambda, cloudFormation }: Awaited<ReturnType<typeof startAll>>,
  logs: string[],
): void {
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', lambda.endpoint);
  vi.stubEnv('AWS_ENDPOINT_URL_CLOUDFORMATION', cloudFormation.endpoint);
  vi.stubEnv('AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER', cognito.endpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  logs.length = 0;
  for (const level of ['debug', 'info', 'warn', 'error'] as const) {
    vi.spyOn(console, level).mockImplementation((line) => void logs.push(String(line)));
  }
  cloudFormation.status = 'UPDATE_IN_PROGRESS';
  stack.answers.length = 0;
  for (const arn of Object.keys(lambda.tags)) delete lambda.tags[arn];
  const { control } = cognito;
  control.requests.length = 0;
  control.denied.clear();
  control.onRequest = undefined;
  Object.assign(control.pool, {
    settings: structuredClone(AWKWARD_SETTINGS),
    mfa: { SoftwareTokenMfaConfiguration: { Enabled: true } },
    future: {},
    systemTags: {},
    sabotage: undefined,
  });
}
