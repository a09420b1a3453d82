import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { settings } from '../../../serverless/stage.js';
import { stageToEnvironment } from '../../../src/stage/stage-environment.ts';
import { readStageFile } from '../../../src/stage/stage-file.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'stage-'));
  mkdirSync(join(directory, 'config'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function write(text: string, name = 'prod.yml'): void {
  writeFileSync(join(directory, 'config', name), text);
}
const read = (stage = 'prod') => readStageFile(stage, directory);

describe('the file of a stage', () => {
  test('a stage without a file has no settings', () => {
    expect(read()).toBeUndefined();
  });

  test('an empty file and a file of comments are read as no settings', () => {
    write('');
    expect(read()?.settings).toEqual({});
    write('# nothing yet\n');
    expect(read()?.settings).toEqual({});
  });

  test('numbers and booleans are read as the texts that --param would give', () => {
    write('userPoolId: eu-central-1_Ab1\nworkosShare: 0.25\nobservePostAuthentication: true\n');
    expect(read()?.settings).toEqual({
      userPoolId: 'eu-central-1_Ab1',
      workosShare: '0.25',
      observePostAuthentication: 'true',
    });
  });

  test('a setting without a value is read as empty, which takes it away on purpose', () => {
    write('alarmTopicArn:\n');
    expect(read()?.settings).toEqual({ alarmTopicArn: '' });
  });

  test('oauthClients is read from the file that it names, beside the file of the stage', () => {
    write('oauthClients: clients.json\n');
    write('{"Google":{"type":"Google","clientId":"abc"}}\n', 'clients.json');
    expect(read()?.settings.oauthClients).toBe('{"Google":{"type":"Google","clientId":"abc"}}');
  });

  test.each([
    [
      'alarmTopicARN: x',
      /config\/prod\.yml: unknown setting "alarmTopicARN": did you mean alarmTopicArn\?/,
    ],
    ['somethingElse: x', /unknown setting "somethingElse": the names are region, userPoolId/],
    ['alarmTopicArn: my-topic', /alarmTopicArn has to be the ARN of an SNS topic/],
    ['workosShare: 7', /workosShare has to be .* from 0\.01 to 1/],
    ['consumerConcurrency: 1', /consumerConcurrency has to be .* from 2 to 1000/],
    ['consumerConcurrency: 2.5', /consumerConcurrency has to be/],
    ['chainPostConfirmation: arn:aws:lambda:x', /chainPostConfirmation has to be the ARN/],
    [
      'trustedEmailProviders: "Okta:"',
      /trustedEmailProviders has to be names of identity providers/,
    ],
    ['logRetentionInDays: 31', /logRetentionInDays has to be 1, 3, 5/],
    ['region: Frankfurt', /region has to be an AWS region, like eu-central-1/],
    ['region: us-east-1\nuserPoolId: eu-central-1_Ab1', /is not in the region us-east-1/],
    ['oauthClients: nowhere.json', /oauthClients names nowhere\.json, and there is no such file/],
    ['- userPoolId', /the file has to be a list of names with values/],
    ['just a text', /the file has to be a list of names with values/],
    ['userPoolId: {id: x}', /userPoolId has to be one value/],
    ['userPoolId: [', /is not YAML/],
    ['userPoolId: a_B\nuserPoolId: a_C', /is not YAML: Map keys must be unique/],
  ])('%j is refused with what to write', (text, message) => {
    write(text);
    expect(read).toThrow(message);
  });

  test('a file of OAuth clients that the consumer would not start with is refused', () => {
    write('oauthClients: clients.json\n');
    write('notjson', 'clients.json');
    expect(read).toThrow(/oauthClients \(clients\.json\) has to be JSON like/);
  });

  test('a client secret is refused: the whole value would stand in the template and the function', () => {
    const client = '{"type":"Google","clientId":"id","clientSecret":"GOCSPX-1"}';
    write(`oauthClients: '{"Google":${client}}'\n`);
    expect(() => read()).toThrow(/oauthClients has to be .*no secret/);
    expect(() => read()).not.toThrow(/GOCSPX/);
  });

  test.each(['../secrets', 'a/b', '', 'prod.yml', '9'])(
    'the stage %j is refused, so that it names no file elsewhere',
    (stage) => {
      expect(() => read(stage)).toThrow(/is not the name of a stage/);
    },
  );
});

describe('the environment of a command, from the file of its stage', () => {
  const file = {
    stage: 'prod',
    path: 'config/prod.yml',
    settings: { region: 'eu-central-1', trustedEmailProviders: 'Okta' },
  };

  test('the file fills in what no variable says', () => {
    expect(stageToEnvironment({}, file)).toMatchObject({
      AWS_REGION: 'eu-central-1',
      TRUSTED_EMAIL_PROVIDERS: 'Okta',
      WORKOS_API_KEY_PARAMETER: '/cognito-workos-sync/prod/workos-api-key',
    });
  });

  test('a variable wins over the file', () => {
    const env = { TRUSTED_EMAIL_PROVIDERS: 'Azure', AWS_DEFAULT_REGION: 'us-east-1' };
    const merged = stageToEnvironment(env, file);
    expect(merged.TRUSTED_EMAIL_PROVIDERS).toBe('Azure');
    expect(merged.AWS_REGION).toBeUndefined();
  });

  test('a variable that is set to nothing does not win over the file', () => {
    const merged = stageToEnvironment({ TRUSTED_EMAIL_PROVIDERS: ' ' }, file);
    expect(merged.TRUSTED_EMAIL_PROVIDERS).toBe('Okta');
  });

  test('a key in WORKOS_API_KEY keeps the SSM parameter of the stage out', () => {
    const merged = stageToEnvironment({ WORKOS_API_KEY: 'sk_test_1' }, file);
    expect(merged.WORKOS_API_KEY_PARAMETER).toBeUndefined();
  });
});

describe('serverless.yml reads the file of a stage', () => {
  afterEach(() => void vi.restoreAllMocks());

  test.each([
    [null, 'us-east-1_FromFile'],
    [['keepLedger=true'], 'us-east-1_FromFile'],
  ])('with the --param that the framework parsed as %j', async (param, userPoolId) => {
    write(`userPoolId: ${userPoolId}\n`);
    vi.spyOn(process, 'cwd').mockReturnValue(directory);
    const resolveVariable = async () => 'prod';
    expect(await settings({ options: { param }, resolveVariable })).toEqual({
      userPoolId,
      region: 'us-east-1',
    });
  });
});
