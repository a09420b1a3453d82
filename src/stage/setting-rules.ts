import { isDeepStrictEqual } from 'node:util';
import { ConfigurationError } from '../config/environment.ts';
import { loadMirrorConfig } from '../config/mirror.ts';

/** What a setting's value has to be. */
export type SettingRule = {
  /** Completes "has to be …". */
  expected: string;
  isValid(value: string): boolean;
};

const CHAIN =
  '(none|release|arn:[\\w-]+:lambda:[\\w-]+:\\d{12}:function:[a-zA-Z0-9_-]{1,140}(:[\\w$-]{1,128})?)?';
const chain = pattern(
  CHAIN,
  'the ARN of the Lambda function that the trigger calls now, none, release, or empty',
);
const KMS_KEY_ID = '([0-9a-f-]{36}|mrk-[0-9a-f]{32})';
/** EventBridge takes neither rate(1 hours) nor rate(2 hour), nor a cron of five fields (user guide, schedules). */
const SCHEDULE =
  '(off|rate\\((1 (minute|hour|day)|([2-9]|[1-9][0-9]+) (minutes|hours|days))\\)|cron\\([^ ()]+ [^ ()]+ (\\? [^ ()]+ [^ ()]+|[^ ()]+ [^ ()]+ \\?) [^ ()]+\\))';
const hours = numberFrom(0, 720, 'hours');

/**
 * Every setting of a deployment: the parameters of serverless.yml, which are the same as the names in
 * `config/<stage>.yml`. Where CloudFormation checks a parameter too (serverless/parameters.yml), a test keeps
 * both patterns the same; here the value is checked before anything is uploaded.
 */
export const SETTING_RULES = {
  userPoolId: pattern('([\\w-]+_[0-9a-zA-Z]+)?', 'the id of a user pool: <region>_<id>', 55),
  observePostAuthentication: oneOf('true', 'false'),
  observeChanges: oneOf('true', 'false'),
  carryPasswords: oneOf('true', 'false'),
  passwordKey: oneOf('a', 'b'),
  previousPasswordKeyIds: pattern(
    `(${KMS_KEY_ID}(,${KMS_KEY_ID}){0,4})?`,
    'ids of KMS keys, not aliases or ARNs, comma-separated, at most five, or empty',
  ),
  chainPostConfirmation: chain,
  chainPreAuthentication: chain,
  chainPostAuthentication: chain,
  smsRoleArn: pattern(
    '(arn:[\\w-]+:iam::\\d{12}:role/.+)?',
    'the ARN of the IAM role with which the pool sends SMS, or empty',
  ),
  customSenderKmsKeyArn: pattern(
    '(arn:[\\w-]+:kms:[\\w-]+:\\d{12}:key/.+)?',
    "the ARN of the KMS key of the pool's custom senders, or empty",
  ),
  alarmTopicArn: pattern(
    '(arn:[\\w-]+:sns:[\\w-]+:\\d{12}:[\\w-]{1,256}(\\.fifo)?)?',
    'the ARN of an SNS topic, or empty',
  ),
  tolerableTriggerErrors: integerFrom(0, 1_000_000, 'errors a minute'),
  tolerableBacklog: integerFrom(1, 1_000_000_000, 'messages'),
  reservedTriggerConcurrency: pattern(
    '(none|[1-9][0-9]{0,4})',
    'the number of sandboxes that are reserved for each trigger, or none',
  ),
  workosApiKeyParameter: pattern(
    '/[a-zA-Z0-9_./-]+',
    'the full name of an SSM parameter, from its first slash on',
  ),
  workosApiKeyKmsKeyId: pattern(
    `${KMS_KEY_ID}?`,
    'the id of a KMS key, not an alias or an ARN, or empty for the key aws/ssm',
  ),
  workosApiHostname: pattern('[a-zA-Z0-9.-]+', 'a host name'),
  workosApiPort: integerFrom(1, 65_535, 'a port', ''),
  workosApiHttps: oneOf('true', 'false'),
  oauthClients: mirrorVariable('OAUTH_CLIENTS'),
  trustedEmailProviders: mirrorVariable('TRUSTED_EMAIL_PROVIDERS'),
  publishTimeoutMs: integerFrom(1, 4_000, 'milliseconds'),
  consumerConcurrency: integerFrom(2, 1_000, 'batches at a time'),
  workosShare: numberFrom(0.01, 1, "the part of WorkOS's limits that the consumers may use", ''),
  ledgerHours: hours,
  deletions: pattern('(keep|delete)', 'keep or delete'),
  maxDeletionsPerDay: integerFrom(1, 5_000, 'deletions a day'),
  keepLedger: oneOf('true', 'false'),
  logRetentionInDays: oneOf(
    ...'1 3 5 7 14 30 60 90 120 150 180 365 400 545 731 1096 1827 2192 2557 2922 3288 3653'.split(
      ' ',
    ),
  ),
  patrol: pattern(
    SCHEDULE,
    'a schedule of EventBridge, like rate(1 hour), rate(6 hours) or cron(0 3 * * ? *), or off; cron has six fields, with a ? as day of the month or of the week',
    256,
  ),
  patrolRequestsPerSecond: numberFrom(0.1, 1_000, 'ListUsers requests a second'),
  patrolAlarmHours: integerFrom(1, 168, 'hours'),
  canary: pattern(SCHEDULE, 'a schedule of EventBridge, like rate(5 minutes), or off', 256),
  canaryAlarmMinutes: integerFrom(2, 1_440, 'minutes'),
} satisfies Record<string, SettingRule>;

export type SettingName = keyof typeof SETTING_RULES;

export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(SETTING_RULES, name);
}

/** @returns what is wrong with a value, as "has to be …"; undefined where nothing is. */
export function settingProblem(name: SettingName, value: string): string | undefined {
  const { isValid, expected }: SettingRule = SETTING_RULES[name];
  return isValid(value) ? undefined : `has to be ${expected}`;
}

function pattern(source: string, expected: string, maximum = 2_048): SettingRule {
  const whole = new RegExp(`^(?:${source})$`);
  return { expected, isValid: (value) => value.length <= maximum && whole.test(value) };
}

function oneOf(...values: string[]): SettingRule {
  return {
    expected: values.join(values.length > 2 ? ', ' : ' or '),
    isValid: (v) => values.includes(v),
  };
}

function integerFrom(min: number, max: number, what: string, of = 'a number of '): SettingRule {
  const { expected, isValid } = numberFrom(min, max, what, of);
  return { expected, isValid: (value) => /^\d+$/.test(value) && isValid(value) };
}

function numberFrom(min: number, max: number, what: string, of = 'a number of '): SettingRule {
  return {
    expected: `${of}${what}, from ${min} to ${max}`,
    isValid: (value) => /^\d+(\.\d+)?$/.test(value) && Number(value) >= min && Number(value) <= max,
  };
}

/** A setting that becomes a variable of the consumer: what the consumer will not start with is refused. */
function mirrorVariable(variable: 'OAUTH_CLIENTS' | 'TRUSTED_EMAIL_PROVIDERS'): SettingRule {
  const problem = (value: string) => {
    try {
      const { oauthClients } = loadMirrorConfig({ [variable]: value });
      // The whole value goes into the template and the function's environment: no other key, no client secret.
      const isWhole =
        oauthClients === undefined || isDeepStrictEqual(JSON.parse(value), oauthClients);
      return isWhole ? undefined : 'has other keys';
    } catch (error) {
      if (error instanceof ConfigurationError) return error.message;
      throw error;
    }
  };
  const example =
    variable === 'OAUTH_CLIENTS'
      ? 'JSON like {"Google":{"type":"Google","clientId":"…"}}, without any other key (no secret); in the file, the path of a file that holds it'
      : 'names of identity providers, each whole or with its domains, like Okta,Azure:acme.com|acme.de';
  return { expected: example, isValid: (value) => problem(value) === undefined };
}
