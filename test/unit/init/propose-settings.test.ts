import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { poolToSettings, settingsToYaml } from '../../../src/init/propose-settings.ts';
import { readStageFile } from '../../../src/stage/stage-file.ts';

const WELCOME = 'arn:aws:lambda:eu-central-1:123456789012:function:members-welcome';
const OURS =
  'arn:aws:lambda:eu-central-1:123456789012:function:cognito-workos-sync-prod-preAuthentication';
const ROLE = 'arn:aws:iam::123456789012:role/service-role/sms';
const KEY = 'arn:aws:kms:eu-central-1:123456789012:key/12345678-1234-1234-1234-123456789012';
const target = { stage: 'prod', userPoolId: 'eu-central-1_Ab1Cd2Ef3' };

const proposed = (pool: Parameters<typeof poolToSettings>[0]) =>
  Object.fromEntries(poolToSettings(pool, target).map(({ name, value }) => [name, value]));

describe('the settings that are proposed for a user pool', () => {
  test('a foreign function in a trigger that the deployment takes is chained', () => {
    const LambdaConfig = { PostConfirmation: WELCOME, PreSignUp: WELCOME };
    expect(proposed({ LambdaConfig })).toMatchObject({ chainPostConfirmation: WELCOME });
  });

  test('our own function of that stage is not chained to itself', () => {
    const LambdaConfig = { PreAuthentication: OURS };
    expect(proposed({ LambdaConfig })).not.toHaveProperty('chainPreAuthentication');
  });

  test('a function in Post-Authentication is left alone, because the deployment does not take it', () => {
    const LambdaConfig = { PostAuthentication: WELCOME };
    expect(proposed({ LambdaConfig })).not.toHaveProperty('chainPostAuthentication');
  });

  test('the SMS role and the key of the custom senders are handed on', () => {
    const pool = { SmsConfiguration: { SnsCallerArn: ROLE }, LambdaConfig: { KMSKeyID: KEY } };
    expect(proposed(pool)).toMatchObject({ smsRoleArn: ROLE, customSenderKmsKeyArn: KEY });
  });

  test('the file that is written is read back with the same settings', () => {
    const directory = mkdtempSync(join(tmpdir(), 'init-'));
    mkdirSync(join(directory, 'config'));
    const pool = {
      Name: 'Members\nof Acme: "prod" # 1',
      LambdaConfig: { PostConfirmation: WELCOME },
    };
    const settings = poolToSettings(pool, target);
    writeFileSync(join(directory, 'config/prod.yml'), settingsToYaml('prod', settings));
    expect(readStageFile('prod', directory)?.settings).toEqual({
      userPoolId: 'eu-central-1_Ab1Cd2Ef3',
      region: 'eu-central-1',
      chainPostConfirmation: WELCOME,
      workosApiKeyParameter: '/cognito-workos-sync/prod/workos-api-key',
    });
    rmSync(directory, { recursive: true });
  });
});
