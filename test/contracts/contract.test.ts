import {
  CognitoIdentityProviderClient,
  DescribeIdentityProviderCommand,
  InitiateAuthCommand,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetRoleCommand, IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { LambdaClient, ListFunctionsCommand, TagResourceCommand } from '@aws-sdk/client-lambda';
import { WorkOS } from '@workos-inc/node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startStrictWorkos } from '../../local/emulators/workos.ts';
import { startLocalServer } from '../stand-ins/local-server.ts';
import { startStrictCognito } from '../stand-ins/strict-cognito.ts';
import { type Captured, capture, withBody, withText } from './captured.ts';
import { createChecker } from './checker.ts';
import { expectViolations } from './expect-violations.ts';
import { runningChecker } from './running-checker.ts';

const POOL = { UserPoolId: 'eu-central-1_Pool00001' };
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };
const ROLE = {
  Path: '/',
  RoleName: 'deploy',
  RoleId: 'AROA0000000000000000',
  Arn: 'arn:aws:iam::111122223333:role/deploy',
  CreateDate: '2026-01-01T00:00:00Z',
};

/** What the contract says of an exchange, each violation without its operation. */
function violationsOf({ request, answer }: Captured): string[] {
  const checker = createChecker();
  checker.onRequest(request);
  checker.onAnswer(request, answer);
  return checker.takeViolations().map((line) => line.replace(/^.*?, (?=request|answer)/, ''));
}

/** A server that answers as it is told, and the options of a client of it. */
async function answering(body: string, { status = 200, type = 'application/x-amz-json-1.1' } = {}) {
  const server = await startLocalServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(status, { 'content-type': type }).end(status === 204 ? undefined : body);
    });
  });
  onTestFinished(server.close);
  return {
    endpoint: server.endpoint,
    region: 'eu-central-1',
    credentials: CREDENTIALS,
    maxAttempts: 1,
  };
}

async function listUsers(input = {}) {
  const cognito = await startStrictCognito();
  onTestFinished(cognito.close);
  const { endpoint } = cognito;
  const client = new CognitoIdentityProviderClient({
    endpoint,
    region: 'eu-central-1',
    credentials: CREDENTIALS,
  });
  return capture(() => client.send(new ListUsersCommand({ ...POOL, Limit: 60, ...input })));
}

describe('the contract with AWS: requests of the JSON protocol', () => {
  test.each<[string, (body: Record<string, unknown>) => unknown, string]>([
    ['as it was sent', () => {}, ''],
    ['without a required member', (body) => delete body.UserPoolId, '/: required: UserPoolId'],
    ['with a misspelled member', (body) => (body.Limitt = 1), '/: unknown: .* Limitt'],
    ['with too large a number', (body) => (body.Limit = 61), '/Limit: max: 61 .* 60'],
    ['with a number as text', (body) => (body.Limit = '60'), '/Limit: type: not a integer'],
    ['with too long a text', (body) => (body.Filter = 'x'.repeat(257)), '/Filter: max: 257'],
    ['with an empty text', (body) => (body.UserPoolId = ''), '/UserPoolId: min: 0'],
    ['with a text of another form', (body) => (body.UserPoolId = 'Pool1'), '/UserPoolId: pattern'],
    ['with a list as text', (body) => (body.AttributesToGet = 'sub'), '/AttributesToGet: type'],
    [
      'with a wrong item in a list',
      (body) => (body.AttributesToGet = ['sub', 1]),
      '/AttributesToGet/1: type',
    ],
  ])('ListUsers %s', async (_name, change, expected) => {
    const { request, answer } = await listUsers();
    const violations = violationsOf({ request: withBody(request, change), answer });
    if (expected === '') expect(violations).toEqual([]);
    else expect(violations).toContainEqual(expect.stringMatching(`^request ${expected}`));
  });

  test('a value that an enumeration does not have', async () => {
    const client = new CognitoIdentityProviderClient(await answering('{}'));
    const command = new InitiateAuthCommand({
      AuthFlow: 'USER_PASSWORD_AUTH',
      ClientId: 'client1',
      AuthParameters: { USERNAME: 'ann', PASSWORD: 'x' },
    });
    const { request, answer } = await capture(() => client.send(command));
    expect(violationsOf({ request, answer })).toEqual([]);
    const changed = withBody(request, (body) => (body.AuthFlow = 'PASSWORD'));
    expect(violationsOf({ request: changed, answer })).toEqual([
      'request /AuthFlow: enum: "PASSWORD" is none of its values',
    ]);
  });

  test('a union with two members, deep in a map', async () => {
    const client = new DynamoDBClient(await answering('{}'));
    const command = new PutItemCommand({ TableName: 'ledger', Item: { sub: { S: 'a' } } });
    const { request, answer } = await capture(() => client.send(command));
    expect(violationsOf({ request, answer })).toEqual([]);
    const changed = withBody(request, (body) => (body.Item = { sub: { S: 'a', N: 1 } }));
    expect(violationsOf({ request: changed, answer })).toContainEqual(
      expect.stringMatching('^request /Item/sub/N: type'),
    );
  });

  test('an operation that the model does not have', async () => {
    const { request, answer } = await listUsers();
    const target = 'AWSCognitoIdentityProviderService.ListUser';
    const changed = { ...request, headers: { ...request.headers, 'x-amz-target': target } };
    expect(violationsOf({ request: changed, answer })).toEqual([
      expect.stringContaining('operation: not in test/contracts/models'),
    ]);
  });
});

describe('the contract with AWS: requests of the other protocols', () => {
  test('a form with a parameter that is misspelled or missing', async () => {
    const xml = '<R><SimulatePrincipalPolicyResult/></R>';
    const client = new IAMClient(await answering(xml, { type: 'text/xml' }));
    const command = new SimulatePrincipalPolicyCommand({
      PolicySourceArn: ROLE.Arn,
      ActionNames: ['sqs:SendMessage', 'sqs:ReceiveMessage'],
    });
    const { request, answer } = await capture(() => client.send(command));
    expect(violationsOf({ request, answer })).toEqual([]);
    const changed = withText(request, (text) =>
      text
        .replace('PolicySourceArn', 'PolicyArn')
        .replace('ActionNames.member.1=sqs%3A', 'ActionNames.member.1='.concat('x'.repeat(200))),
    );
    expect(violationsOf({ request: changed, answer })).toEqual([
      expect.stringContaining('unknown: there is no parameter PolicyArn'),
      expect.stringContaining('required: PolicySourceArn'),
      expect.stringContaining('/ActionNames/0: max: '),
    ]);
  });

  test('a path, a query and a body of REST', async () => {
    const client = new LambdaClient(await answering('{}'));
    const listing = await capture(() => client.send(new ListFunctionsCommand({ MaxItems: 50 })));
    expect(violationsOf(listing)).toEqual([]);
    const target = listing.request.target.replace('MaxItems=50', 'MaxItems=many&Page=2');
    expect(violationsOf({ ...listing, request: { ...listing.request, target } })).toEqual([
      expect.stringContaining('unknown: there is no parameter Page'),
      expect.stringContaining('/MaxItems: type'),
    ]);

    const tagging = new LambdaClient(await answering('', { status: 204 }));
    const Resource = 'arn:aws:lambda:eu-central-1:111122223333:function:consumer';
    const command = new TagResourceCommand({ Resource, Tags: { a: 'b' } });
    const tagged = await capture(() => tagging.send(command));
    expect(violationsOf(tagged)).toEqual([]);
    const changed = withBody(tagged.request, (body) => delete body.Tags);
    expect(violationsOf({ ...tagged, request: changed })).toEqual([
      'request /: required: Tags is missing',
    ]);
    const wrong = { ...tagged.answer, status: 200 };
    expect(violationsOf({ ...tagged, answer: wrong })).toEqual([
      'answer /: status: 200 in place of 204',
    ]);
  });
});

describe('the contract with AWS: answers', () => {
  test('a page of users with a member that Cognito does not have', async () => {
    const { request, answer } = await listUsers();
    const changed = withBody(
      answer,
      (body) => (body.Users = [{ Username: 'ann', Email: 'a@b.c' }]),
    );
    expect(violationsOf({ request, answer: changed })).toEqual([
      'answer /Users/0: unknown: there is no member Email',
    ]);
  });

  test('a JSON answer without a required member', async () => {
    const provider = { IdentityProvider: { ProviderName: 'Google', LastModifiedDate: 1.5 } };
    const client = new CognitoIdentityProviderClient(await answering(JSON.stringify(provider)));
    const command = new DescribeIdentityProviderCommand({ ...POOL, ProviderName: 'Google' });
    const { request, answer } = await capture(() => client.send(command));
    expect(violationsOf({ request, answer })).toEqual([]);
    const changed = withBody(answer, (body) => delete body.IdentityProvider);
    expect(violationsOf({ request, answer: changed })).toEqual([
      'answer /: required: IdentityProvider is missing',
    ]);
    const dated = withText(answer, (text) => text.replace('1.5', '"2026-01-01T00:00:00Z"'));
    expect(violationsOf({ request, answer: dated })).toEqual([
      expect.stringContaining('/IdentityProvider/LastModifiedDate: type: not a timestamp'),
    ]);
  });

  test('an XML answer without a required member, and without its wrapper', async () => {
    const fields = Object.entries(ROLE).map(([name, text]) => `<${name}>${text}</${name}>`);
    const xml = `<R><GetRoleResult><Role>${fields.join('')}</Role></GetRoleResult></R>`;
    const client = new IAMClient(await answering(xml, { type: 'text/xml' }));
    const { request, answer } = await capture(() =>
      client.send(new GetRoleCommand({ RoleName: 'deploy' })),
    );
    expect(violationsOf({ request, answer })).toEqual([]);
    const changed = withText(answer, (text) => text.replaceAll('RoleId', 'Id'));
    expect(violationsOf({ request, answer: changed })).toEqual([
      'answer /Role: required: RoleId is missing',
      'answer /Role: unknown: there is no member Id',
    ]);
    const bare = withText(answer, (text) => text.replaceAll('GetRoleResult', 'Result'));
    expect(violationsOf({ request, answer: bare })).toEqual([
      expect.stringContaining('answer /: type'),
    ]);
  });

  test('an error that the operation does not have', async () => {
    const { request, answer } = await listUsers();
    const error = (type: string) =>
      violationsOf({
        request,
        answer: { ...answer, status: 400, body: Buffer.from(JSON.stringify({ __type: type })) },
      });
    expect(error('TooManyRequestsException')).toEqual([]);
    expect(error('AccessDeniedException')).toEqual([]);
    expect(error('UserNotFoundException')).toEqual([
      'answer /: error-code: "UserNotFoundException" is no error of this operation',
    ]);
  });

  test('an answer that cannot be read', async () => {
    const { request, answer } = await listUsers();
    const cut = withText(answer, (text) => text.slice(0, -3));
    expect(violationsOf({ request, answer: cut })).toEqual([
      expect.stringMatching('^answer /: unreadable'),
    ]);
  });
});

describe('the contract with WorkOS', () => {
  async function started() {
    const workos = await startStrictWorkos();
    onTestFinished(workos.close);
    const { hostname: apiHostname, port } = workos;
    const sdk = new WorkOS(workos.apiKey, { apiHostname, port, https: false });
    return sdk.userManagement;
  }
  const ANN = { email: 'ann@example.com', firstName: 'Ann', externalId: 'sub-1' };

  test.each<[string, (body: Record<string, unknown>) => unknown, string]>([
    ['as it was sent', () => {}, ''],
    ['without a required property', (body) => delete body.email, "/: required: .*'email'"],
    [
      'with a misspelled property',
      (body) => (body.firstName = 'A'),
      '/: unevaluatedProperties: .*firstName',
    ],
    [
      'with too long a text',
      (body) => (body.external_id = 'x'.repeat(129)),
      '/external_id: maxLength',
    ],
    ['with too long a key', (body) => (body.metadata = { ['k'.repeat(41)]: 'v' }), '/metadata: .*'],
    ['with a flag as text', (body) => (body.email_verified = 'true'), '/email_verified: type'],
    ['with a hash without its type', (body) => (body.password_hash = 'x'), '/: oneOf'],
    ['with a null in metadata', (body) => (body.metadata = { a: null }), '/metadata/a: type'],
  ])('a create %s', async (_name, change, expected) => {
    const users = await started();
    const { request, answer } = await capture(() => users.createUser(ANN));
    const violations = violationsOf({ request: withBody(request, change), answer });
    if (expected === '') expect(violations).toEqual([]);
    else expect(violations).toContainEqual(expect.stringMatching(`^request ${expected}`));
  });

  test('a path or a parameter that WorkOS does not have', async () => {
    const users = await started();
    const { request, answer } = await capture(() => users.listUsers({ limit: 100 }));
    expect(violationsOf({ request, answer })).toEqual([]);
    const at = (target: string) => violationsOf({ request: { ...request, target }, answer });
    expect(at('/user_management/user')).toEqual([
      expect.stringContaining('operation: WorkOS has no'),
    ]);
    expect(at('/user_management/users?limit=101')).toEqual([
      expect.stringContaining('/limit: maximum'),
    ]);
    expect(at('/user_management/users?page=2')).toEqual([
      expect.stringContaining('additionalProperties'),
    ]);
  });

  test('an answer without a required property, with an unknown one, and of an undocumented status', async () => {
    const users = await started();
    const { request, answer } = await capture(() => users.createUser(ANN));
    const changed = (change: (body: Record<string, unknown>) => unknown) =>
      violationsOf({ request, answer: withBody(answer, change) });
    expect(changed((body) => delete body.updated_at)).toEqual([
      expect.stringContaining("required: must have required property 'updated_at'"),
    ]);
    expect(changed((body) => (body.nickname = 'Ann'))).toEqual([
      expect.stringContaining('unevaluatedProperties'),
    ]);
    expect(violationsOf({ request, answer: { ...answer, status: 418 } })).toEqual([
      'answer /: status: 418 is not documented',
    ]);
    const refused = Buffer.from('{"code":"email_taken","message":"no"}');
    expect(
      violationsOf({ request, answer: { ...answer, status: 400, body: refused } }),
    ).toContainEqual(expect.stringContaining('answer /code: const'));
  });
});

describe('the checker of every test', () => {
  test('sees what the SDK sends to a stand-in and what it answers, and nothing of other servers', async () => {
    expectViolations(
      /^cognito-idp ListUsers, request \/Limit: max: 61/,
      /^cognito-idp ListUsers, answer \/: error-code: "LimitExceeded"/,
    );
    const body = JSON.stringify({ __type: 'LimitExceeded' });
    const client = new CognitoIdentityProviderClient(await answering(body, { status: 400 }));
    const refused = client.send(new ListUsersCommand({ ...POOL, Limit: 61 }));
    await expect(refused).rejects.toMatchObject({ name: 'LimitExceeded' });
    const running = await runningChecker.loaded();
    expect(running?.checked.get('cognito-idp:ListUsers')?.requests).toBeGreaterThan(0);
    const { endpoint } = await answering('anything');
    await fetch(endpoint, { method: 'POST', body: 'anything' });
  });
});
