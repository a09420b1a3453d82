import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parseDocument } from 'yaml';

const at = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
/** They need no permission in IAM (docs/facts.md#cognito-app-clients). */
const PUBLIC = ['ConfirmSignUp', 'InitiateAuth', 'RespondToAuthChallenge', 'SignUp'];
/** What only the command does: the standing user is not signed up. */
const OF_THE_COMMAND = ['AdminConfirmSignUp'];

/** The actions that `new …Command(` in src/canary stands for. */
const sent = readdirSync(at('src/canary'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .flatMap((path) => [
    ...readFileSync(at(`src/canary/${path}`), 'utf8').matchAll(/new (\w+)Command\(/g),
  ])
  .map(([, action = '']) => action)
  .filter((action) => !PUBLIC.includes(action));

const needed = (actions: string[]) =>
  [...new Set(actions)].sort().map((action) => `cognito-idp:${action}`);

it('the policy of the operator allows exactly what the command asks Cognito for', () => {
  const policy = JSON.parse(readFileSync(at('docs/canary-policy.json'), 'utf8'));
  expect(policy.Statement[0].Action).toEqual(needed(sent));
});

it('the role of the function allows exactly what the function asks Cognito for', () => {
  const yaml = readFileSync(at('serverless/canary.yml'), 'utf8');
  const document = parseDocument(yaml, { logLevel: 'silent' }).toJS();
  const { CanaryRole } = document.scheduled.resources.Resources;
  const [statement] = CanaryRole.Properties.Policies[0].PolicyDocument.Statement;
  expect(statement.Action).toEqual(
    needed(sent.filter((action) => !OF_THE_COMMAND.includes(action))),
  );
});
