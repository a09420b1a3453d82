import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateRoleCommand, type IAMClient } from '@aws-sdk/client-iam';
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { readText, startLocalServer } from '../../stand-ins/local-server.ts';
import { preparePython } from './python.ts';
import { run } from './run.ts';

/** Another team's trigger: a deployed function that records the events it is called with. */
export type ForeignFunction = {
  arn: string;
  /** The events it was called with, in order. */
  calls: unknown[];
  close(): Promise<void>;
};

/** Records the event, refuses the user `mallory`, and adds a field to the response for other users. */
const SOURCE = `
exports.handler = async (event) => {
  await fetch(process.env.RECORDER_URL, { method: 'POST', body: JSON.stringify(event) });
  if (event.userName === 'mallory') {
    const error = new Error('Members only: mallory is not invited.');
    error.name = 'NotInvitedError';
    throw error;
  }
  return { ...event, response: { ...event.response, welcomedBy: 'another team' } };
};
`;

export async function deployForeignFunction(
  clients: { iam: IAMClient; lambda: LambdaClient },
  name: string,
): Promise<ForeignFunction> {
  const recorder = await startRecorder();
  const role = await clients.iam.send(
    new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: TRUST_LAMBDA }),
  );
  const made = await clients.lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: role.Role?.Arn,
      Code: { ZipFile: await zip('index.js', SOURCE) },
      Environment: { Variables: { RECORDER_URL: recorder.endpoint } },
    }),
  );
  await clients.lambda.send(
    new AddPermissionCommand({
      FunctionName: name,
      StatementId: 'cognito',
      Action: 'lambda:InvokeFunction',
      Principal: 'cognito-idp.amazonaws.com',
    }),
  );
  if (made.FunctionArn === undefined) throw new Error('no function was made');
  return { arn: made.FunctionArn, calls: recorder.calls, close: recorder.close };
}

const TRUST_LAMBDA = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
});

/** Receives the events that the function is called with. */
async function startRecorder() {
  const calls: unknown[] = [];
  const { endpoint, close } = await startLocalServer(async (request, response) => {
    calls.push(JSON.parse(await readText(request)));
    response.end();
  });
  return { endpoint, calls, close };
}

/** Python's zipfile makes the archive, because Node has no zip module. */
async function zip(name: string, content: string): Promise<Uint8Array> {
  const directory = await mkdtemp(join(tmpdir(), 'function-'));
  try {
    await writeFile(join(directory, name), content);
    const { python } = await preparePython();
    const args = ['-m', 'zipfile', '-c', 'function.zip', name];
    await run(python, args, { cwd: directory, env: {} });
    return await readFile(join(directory, 'function.zip'));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
