import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { templateToSettings } from '../../../src/stage/deployed-settings.ts';
import {
  readDeploymentSettings,
  refuseSilentLoss,
  refuseStrayParameter,
} from '../../../src/stage/deployment-settings.ts';
import { refuseEarlyCanaryAlarm, refuseEarlyPatrolAlarm } from '../../../src/stage/early-alarm.ts';
import { SETTING_RULES, settingProblem } from '../../../src/stage/setting-rules.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'stage-'));
  mkdirSync(join(directory, 'config'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const settings = (...parameters: string[]) =>
  readDeploymentSettings({ stage: 'prod', directory, parameters });

describe('the settings that a deployment is given', () => {
  test('--param wins over the file of the stage', () => {
    writeFileSync(join(directory, 'config/prod.yml'), 'workosShare: 0.2\nledgerHours: 12\n');
    expect(settings('workosShare=0.7').given).toEqual({ workosShare: '0.7', ledgerHours: '12' });
  });

  test.each([
    ['alarmTopicARN=x', /--param unknown parameter "alarmTopicARN": did you mean alarmTopicArn\?/],
    ['oauthClients=notjson', /--param oauthClients has to be JSON like/],
    ['forget=alarmTopicARN', /unknown parameter "alarmTopicARN": did you mean alarmTopicArn\?/],
    ['userPoolId', /give it as --param name=value/],
    ['userPoolId=somewhere', /--param userPoolId has to be the id of a user pool/],
  ])('--param %s is refused with what to write', (parameter, message) => {
    expect(() => settings(parameter)).toThrow(message);
  });
});

describe('a deployment that would take settings of the deployed stack away', () => {
  const topic = 'arn:aws:sns:eu-central-1:123456789012:alarms';
  const deployed = { alarmTopicArn: topic, chainPostConfirmation: 'none', workosShare: '0.5' };
  const defaults = { alarmTopicArn: '', chainPostConfirmation: '', workosShare: '0.5' };

  test('is refused with each setting, its value, and how to keep it or take it away', () => {
    expect(() => refuseSilentLoss(settings(), deployed, defaults)).toThrow(
      /config\/prod\.yml[\s\S]*alarmTopicArn: arn:aws:sns[\s\S]*chainPostConfirmation: none[\s\S]*--param forget=alarmTopicArn,chainPostConfirmation/,
    );
  });

  test('is accepted when the settings are named, with the same or with other values', () => {
    const given = settings(`alarmTopicArn=${topic}`, 'chainPostConfirmation=release');
    expect(() =>
      refuseSilentLoss(given, deployed, { ...defaults, alarmTopicArn: topic }),
    ).not.toThrow();
  });

  test('is accepted when the operator says to forget them, and only for those', () => {
    const both = settings('forget=alarmTopicArn,chainPostConfirmation');
    expect(() => refuseSilentLoss(both, deployed, defaults)).not.toThrow();
    const one = settings('forget=alarmTopicArn');
    expect(() => refuseSilentLoss(one, deployed, defaults)).toThrow(
      /forget=chainPostConfirmation$/,
    );
  });

  test.each(['', 'forget=chainPostConfirmation'])(
    'is refused with what can become of the trigger when a chained function is left out (--param %s)',
    (parameter) => {
      const given = parameter === '' ? settings() : settings(parameter);
      const chained = { ...defaults, chainPostConfirmation: 'arn:x' };
      const deploy = () => refuseSilentLoss(given, chained, defaults);
      expect(deploy).toThrow(
        /--param chainPostConfirmation=arn:x; [\s\S]*chainPostConfirmation=release; [\s\S]*=none/,
      );
      expect(deploy).not.toThrow(/forget/);
    },
  );

  test('is accepted when the file says that the setting is empty', () => {
    writeFileSync(
      join(directory, 'config/prod.yml'),
      'alarmTopicArn:\nchainPostConfirmation: none\n',
    );
    expect(() => refuseSilentLoss(settings(), deployed, defaults)).not.toThrow();
  });
});

describe('the settings of a deployed stack', () => {
  test('are those that its template notes', () => {
    const note = { CognitoWorkosSync: { settings: { alarmTopicArn: 'arn:x', other: 'y' } } };
    expect(templateToSettings(JSON.stringify({ Metadata: note }))).toEqual({
      alarmTopicArn: 'arn:x',
    });
  });

  test('are the defaults of the parameters, where an older template notes nothing', () => {
    const body = JSON.stringify({
      Parameters: {
        AlarmTopicArn: { Type: 'String', Default: 'arn:x' },
        LedgerHours: { Default: 24 },
      },
    });
    expect(templateToSettings(body)).toEqual({ alarmTopicArn: 'arn:x', ledgerHours: '24' });
  });

  test('are unknown, where the template is not ours', () => {
    expect(templateToSettings('Resources: {}')).toEqual({});
  });
});

type CfnParameter = {
  AllowedPattern?: string;
  MaxLength?: number;
  MinValue?: number;
  MaxValue?: number;
};

test('a setting without --param is refused, because the framework would leave it out', () => {
  expect(() => refuseStrayParameter(['deploy', 'patrol=off'])).toThrow(
    'patrol=off would be ignored: give it as --param patrol=off',
  );
  const right = ['deploy', '--param', 'patrol=off', '--param=observeChanges=true', 'list'];
  expect(() => refuseStrayParameter(right)).not.toThrow();
});

describe('the schedule of the patrol', () => {
  test.each([
    'off',
    'rate(1 hour)',
    'rate(1 minute)',
    'rate(2 hours)',
    'rate(10 days)',
    'cron(0 3 * * ? *)',
    'cron(0/15 8-18 ? * MON-FRI *)',
  ])('may be %s', (value) => {
    expect(settingProblem('patrol', value)).toBeUndefined();
  });

  // EventBridge would refuse each after the upload (user guide, "Schedule expressions").
  test.each([
    'OFF',
    'hourly',
    '1h',
    'rate(1 hours)',
    'rate(2 hour)',
    'rate(0 hours)',
    'rate(30 seconds)',
    'rate(1hour)',
    'cron(0 3 * * *)',
    'cron(0 3 * * * *)',
    'rate(1 hour) ',
  ])('is refused as %s', (value) => {
    expect(settingProblem('patrol', value)).toMatch(/rate\(1 hour\), rate\(6 hours\).*or off/);
  });
});

describe('the alarm for a missing round', () => {
  test.each([
    ['rate(1 hour)', '3'],
    ['rate(30 minutes)', '1'],
    ['rate(1 day)', '25'],
    ['rate(6 days)', '168'],
    ['off', '1'],
    ['cron(0 3 * * ? *)', '3'],
  ])('takes the schedule %s with %s hours', (patrol, patrolAlarmHours) => {
    expect(() => refuseEarlyPatrolAlarm({ patrol, patrolAlarmHours })).not.toThrow();
  });

  test.each([
    ['rate(1 hour)', '1', 2],
    ['rate(3 hours)', '3', 4],
    ['rate(1 day)', '3', 25],
    ['rate(90 minutes)', '1', 2],
  ])(
    'refuses the schedule %s with %s hours, and says how many it takes',
    (patrol, hours, least) => {
      expect(() => refuseEarlyPatrolAlarm({ patrol, patrolAlarmHours: hours })).toThrow(
        `patrolAlarmHours: ${least}`,
      );
    },
  );

  test('says that no round may be later than its longest wait', () => {
    expect(() =>
      refuseEarlyPatrolAlarm({ patrol: 'rate(7 days)', patrolAlarmHours: '168' }),
    ).toThrow(/more often than every 168 hours/);
  });
});

describe('one definition of the settings', () => {
  const serverless = readFileSync('serverless.yml', 'utf8');
  const template = parse(readFileSync('serverless/parameters.yml', 'utf8'), {
    merge: true,
    logLevel: 'silent',
  });
  const parameters: [string, CfnParameter][] = Object.entries(template.Parameters);

  test('serverless.yml has every setting as a parameter, read from the file of the stage', () => {
    const declared = [
      ...serverless.matchAll(
        /^ {4}(\w+): \$\{file\(serverless\/stage\.js\):settings\.(\w+), .*\}$/gm,
      ),
    ];
    for (const [, name, setting] of declared) expect(setting).toBe(name);
    expect(declared.map(([, name]) => name).sort()).toEqual(Object.keys(SETTING_RULES).sort());
  });

  test('every parameter of the template is a setting', () => {
    const names = parameters.map(([name]) => `${name.charAt(0).toLowerCase()}${name.slice(1)}`);
    expect(Object.keys(SETTING_RULES)).toEqual(expect.arrayContaining(names));
  });

  const samples = [
    '',
    'none',
    'release',
    'true',
    '0',
    '1',
    '0.5',
    '0.01',
    '1.5',
    '24',
    '720',
    '721',
    '-1',
    '100000',
    'eu-central-1_Ab1Cd2Ef3',
    'eu-central-1',
    '/a/b',
    'a/b',
    'alias/key',
    '12345678-1234-1234-1234-123456789012',
    `mrk-${'0123456789abcdef'.repeat(2)}`,
    `12345678-1234-1234-1234-123456789012,mrk-${'0123456789abcdef'.repeat(2)}`,
    '12345678-1234-1234-1234-123456789012,',
    'arn:aws:lambda:eu-central-1:123456789012:function:welcome',
    'arn:aws:lambda:eu-central-1:123456789012:function:welcome:live',
    'arn:aws:lambda:eu-central-1:12345:function:welcome',
    'arn:aws:iam::123456789012:role/sms',
    'arn:aws:kms:eu-central-1:123456789012:key/1',
    'arn:aws:sns:eu-central-1:123456789012:alarms',
    'arn:aws:sns:eu-central-1:123456789012:alarms.fifo',
    'off',
    'rate(1 hour)',
    'rate(1 hours)',
    'rate(2 hour)',
    'rate(10 minutes)',
    'cron(0 3 * * ? *)',
    'cron(0 3 * * *)',
    'cron(0 3 * * * *)',
  ];

  test.each(parameters)('the template and the check before it accept the same %s', (name, rule) => {
    const setting = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
    const accepted = (value: string) =>
      rule.AllowedPattern === undefined
        ? value !== '' &&
          Number(value) >= Number(rule.MinValue) &&
          Number(value) <= Number(rule.MaxValue)
        : new RegExp(`^(?:${rule.AllowedPattern})$`).test(value) &&
          value.length <= (rule.MaxLength ?? Number.POSITIVE_INFINITY);
    const known = Object.keys(SETTING_RULES).find((each) => each === setting);
    expect(known).toBeDefined();
    for (const value of samples) {
      const isAccepted = settingProblem(setting as keyof typeof SETTING_RULES, value) === undefined;
      expect([value, isAccepted]).toEqual([value, accepted(value)]);
    }
  });
});

describe('the schedule of the canary', () => {
  test.each([
    ['off', '20'],
    ['rate(5 minutes)', '20'],
    ['rate(1 hour)', '61'],
    ['cron(0 3 * * ? *)', '20'],
  ])('is taken with an alarm that comes after its next run: %s, %s minutes', (canary, minutes) => {
    const settings = { canary, canaryAlarmMinutes: minutes };
    expect(() => refuseEarlyCanaryAlarm(settings)).not.toThrow();
  });

  test('is refused where canary-silent would be raised between two runs', () => {
    const settings = { canary: 'rate(20 minutes)', canaryAlarmMinutes: '20' };
    expect(() => refuseEarlyCanaryAlarm(settings)).toThrow('canaryAlarmMinutes: 40');
    const daily = { canary: 'rate(1 day)', canaryAlarmMinutes: '1440' };
    expect(() => refuseEarlyCanaryAlarm(daily)).toThrow('more often than once a day');
  });
});
