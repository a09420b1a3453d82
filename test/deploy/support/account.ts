import { fileURLToPath } from 'node:url';
import { IAMClient } from '@aws-sdk/client-iam';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import * as v from 'valibot';
import { type StrictWorkos, startStrictWorkos } from '../../../local/emulators/workos.ts';
import type { EndedProcess } from '../../rigs/ended-process.ts';
import { createJsonCall, type JsonCall } from './json-call.ts';
import { startMinistack } from './ministack.ts';
import { run } from './run.ts';
import { createServerless, type Serverless } from './serverless.ts';

export type DeployedInvocation = {
  /** What the function returned, or its error as Lambda reports it. */
  payload: unknown;
  /** Absent when the function returned a value. */
  error?: { errorType: string; errorMessage: string };
  /** The JSON lines it wrote. */
  log: Record<string, unknown>[];
};

/** For every client of the SDK: the emulator, as its root user. */
export type ClientConfig = {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
};

/** An emulated AWS account before the first deployment, with the WorkOS API key in SSM. */
export type EmulatedAccount = {
  workos: StrictWorkos;
  serverless: Serverless;
  /** The stack parameters that make a deployed consumer use `workos`. */
  workosParams: Record<string, string>;
  clientConfig: ClientConfig;
  clients: { iam: IAMClient; lambda: LambdaClient };
  stepFunctions: JsonCall;
  eventBridge: JsonCall;
  sqs: JsonCall;
  /** @param name as in serverless.yml, or an ARN. */
  invoke(name: string, event: unknown): Promise<DeployedInvocation>;
  /** A command of `cws`. */
  command(name: string, args: string[]): Promise<EndedProcess>;
  /** What the emulator and the functions wrote, for the message of a failed test. */
  log(): string;
  close(): Promise<void>;
};

export async function openAccount(stage: string): Promise<EmulatedAccount> {
  const ministack = await startMinistack();
  const workos = await startStrictWorkos({ allowDeletes: true });
  const { env, endpoint, region } = ministack;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const clientConfig = { endpoint, region, credentials };
  const lambda = new LambdaClient(clientConfig);
  const serverless = createServerless(env, stage);
  await new SSMClient(clientConfig).send(
    new PutParameterCommand({
      Name: `/cognito-workos-sync/${stage}/workos-api-key`,
      Type: 'SecureString',
      Value: workos.apiKey,
    }),
  );
  return {
    workos,
    serverless,
    workosParams: {
      workosApiHostname: workos.hostname,
      workosApiPort: String(workos.port),
      workosApiHttps: 'false',
    },
    clientConfig,
    clients: { iam: new IAMClient(clientConfig), lambda },
    stepFunctions: createJsonCall(ministack, 'states'),
    eventBridge: createJsonCall(ministack, 'events'),
    sqs: createJsonCall(ministack, 'sqs'),
    invoke: (name, event) =>
      invoke(lambda, name.startsWith('arn:') ? name : serverless.functionName(name), event),
    command: (name, args) => {
      const program = fileURLToPath(new URL('../../../scripts/cws.ts', import.meta.url));
      return run(process.execPath, [program, name, ...args], {
        env: { ...env, ...workosEnvironment(workos) },
      });
    },
    log: ministack.log,
    async close() {
      await ministack.close();
      await workos.close();
    },
  };
}

function workosEnvironment(workos: StrictWorkos): Record<string, string> {
  return {
    WORKOS_API_HOSTNAME: workos.hostname,
    WORKOS_API_PORT: String(workos.port),
    WORKOS_API_HTTPS: 'false',
  };
}

const errorSchema = v.object({ errorType: v.string(), errorMessage: v.string() });

async function invoke(
  lambda: LambdaClient,
  name: string,
  event: unknown,
): Promise<DeployedInvocation> {
  const answer = await lambda.send(
    new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event), LogType: 'Tail' }),
  );
  const tail = Buffer.from(answer.LogResult ?? '', 'base64').toString();
  const payload: unknown = JSON.parse(answer.Payload?.transformToString() || 'null');
  return {
    payload,
    ...(answer.FunctionError !== undefined && { error: v.parse(errorSchema, payload) }),
    log: tail.split('\n').flatMap(parseLine),
  };
}

function parseLine(line: string): Record<string, unknown>[] {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? [{ ...value }] : [];
  } catch {
    return [];
  }
}
