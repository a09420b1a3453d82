import { globSync, readFileSync } from 'node:fs';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { operationsInText } from './aws/product-operations.ts';

const ROOT = new URL('../../', import.meta.url);
const documents = globSync(['serverless.yml', 'serverless/*.yml'], { cwd: ROOT }).map((file) => {
  // CloudFormation's functions are tags that stay unread.
  return parse(readFileSync(new URL(file, ROOT), 'utf8'), { logLevel: 'silent', merge: true });
});

type Node = { [key: string]: unknown };

/** Every object in a document, at any depth. */
function* nodes(value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const each of value) yield* nodes(each);
  else if (typeof value === 'object' && value !== null) {
    yield { ...value };
    for (const each of Object.values(value)) yield* nodes(each);
  }
}

/** Handler and role of each function, as the configuration names them. */
const functions = documents
  .flatMap((document) => [...nodes(document)])
  .flatMap(({ handler, role }) => {
    const name = /^\$\{(\w+)\.Arn\}$/.exec(String(role))?.[1];
    return typeof handler === 'string' && name !== undefined ? [{ handler, role: name }] : [];
  })
  .filter(({ handler }, at, all) => all.findIndex((each) => each.handler === handler) === at);

const resources = documents
  .flatMap((document) => [...nodes(document)])
  .flatMap((each) => Object.entries(each))
  .flatMap(([name, value]) => {
    const { Type, Properties } = Object(value);
    return typeof Type === 'string' && Properties ? [{ name, properties: Object(Properties) }] : [];
  });

/** What a role may do, also by policies that are attached to it elsewhere. */
function actionsOf(role: string): Set<string> {
  const granting = resources.filter(
    ({ name, properties: { RoleName, Roles } }) =>
      name === role || [RoleName, Roles].flat().includes(role),
  );
  const actions = [...nodes(granting)].flatMap(({ Action }) => [Action ?? []].flat().map(String));
  return new Set(actions);
}

/** The action that IAM asks for (service authorization reference): a batch is as many of the single ones. */
function toAction(operation: string): string {
  if (operation === 'lambda:Invoke') return 'lambda:InvokeFunction';
  const action = operation.replace(/^monitoring:/, 'cloudwatch:');
  return action.startsWith('sqs:') ? action.replace(/Batch$/, '') : action;
}

/** Of an application's users: "Amazon Cognito doesn't evaluate IAM policies in requests for this API operation" (API reference). */
const WITHOUT_IAM = ['InitiateAuth', 'RespondToAuthChallenge', 'SignUp', 'ConfirmSignUp'].map(
  (name) => `cognito-idp:${name}`,
);
/** In a bundle, but never sent by its function: the canary on a schedule signs no user up. */
const UNSENT: Record<string, string[]> = {
  'handlers/canary.handler': ['cognito-idp:AdminConfirmSignUp'],
};

test('the functions of the deployment are found, with their roles', () => {
  expect(functions.map(({ handler }) => handler)).toContain('handlers/consumer.handler');
  expect(functions.length).toBeGreaterThan(8);
});

test.each(functions)(
  'the role of $handler allows every AWS operation in its bundle',
  async ({ handler, role }) => {
    const { outputFiles } = await build({
      entryPoints: [handler.replace('.handler', '.ts')],
      absWorkingDir: ROOT.pathname,
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      write: false,
    });
    const operations = operationsInText(outputFiles[0]?.text ?? '');
    expect(operations).not.toEqual([]);
    const allowed = actionsOf(role);
    const missing = operations
      .map(toAction)
      .filter((action) => !allowed.has(action) && !WITHOUT_IAM.includes(action));
    expect(missing).toEqual(UNSENT[handler] ?? []);
  },
);
