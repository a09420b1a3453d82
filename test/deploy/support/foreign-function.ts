import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateRoleCommand, type IAMClient } from '@aws-sdk/client-iam';
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import { preparePython } from './python.ts';
import { run } from './run.ts';

/** Another team's trigger: a deployed function that writes down what it is called with. */
export type ForeignFunction = {
  arn: string;
  /** The events it was called with, in order. */
  calls: unknown[];
  close(): Promise<void>;
};

/** It notes the event, refuses who is called mallory, and adds to the response for everybody else. */
const SOURCE = `
exports.handler = async (event) => {
  await fetch(process.env.NOTEBOOK, { method: 'POST', body: JSON.stringify(event) });
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
  const notebook = await openNotebook();
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
      Environment: { Variables: { NOTEBOOK: notebook.url } },
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
  return { arn: made.FunctionArn, calls: notebook.pages, close: notebook.close };
}

const TRUST_LAMBDA = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ],
});

async function openNotebook() {
  const pages: unknown[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    pages.push(JSON.parse(text));
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${address.port}`, pages, close };
}

/** Node has no zip of its own; Python does. */
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
