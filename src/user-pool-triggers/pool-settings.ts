import { UpdateUserPoolRequest$, UserPoolType$ } from '@aws-sdk/client-cognito-identity-provider';

/** A JSON object as the API wrote it: also what the SDK does not know is in it. */
export type Json = { [name: string]: unknown };

/**
 * Everything about a pool that UpdateUserPool could touch. `mfa` is what GetUserPoolMfaConfig tells and
 * DescribeUserPool does not; absent where it cannot be read.
 */
export type PoolSettings = { pool: Json; mfa?: Json };

/** The members of the SDK's own model, so that a setting that the API gains comes with the SDK. */
const ACCEPTED = new Set(UpdateUserPoolRequest$[4]);
const DESCRIBED = new Set(UserPoolType$[4]);

/** DescribeUserPool calls it otherwise than UpdateUserPool (API reference, UpdateUserPool: PoolName). */
const RENAMED: Readonly<Record<string, string>> = { Name: 'PoolName' };

/**
 * A described pool → the UpdateUserPool request that changes nothing: every setting the operation
 * accepts, because it resets each one that it is not given
 * (docs/facts.md#cognito-update-user-pool).
 *
 * Empty values are left out: a pool has them where a setting is not set, and the API refuses some of
 * them ("" is no message, {} no SMS configuration). `LambdaConfig` alone is always sent.
 *
 * @param unknown what to do with settings that the SDK knows neither here nor there: `drop` them, or
 *   `keep` them as they came.
 */
export function poolToUpdate(pool: Json, unknown: 'drop' | 'keep' = 'drop'): Json {
  const request: Json = { UserPoolId: pool.Id, LambdaConfig: {} };
  for (const [name, value] of Object.entries(withoutEmpty(pool))) {
    const target = RENAMED[name] ?? name;
    const isUnknown = !ACCEPTED.has(target) && !DESCRIBED.has(name);
    if (ACCEPTED.has(target) || (isUnknown && unknown === 'keep')) request[target] = value;
  }
  const { UserPoolTags, ...rest } = withoutDeprecatedTwin(request);
  const tags = ownTags(toJson(UserPoolTags));
  return { ...rest, ...(!isEmpty(tags) && { UserPoolTags: tags }) };
}

/**
 * Tags that AWS has put there itself, as CloudFormation does with every pool it makes: no other caller may
 * send them, and they stay without being sent (AWS general reference, tag naming: the prefix `aws:`).
 */
function ownTags(tags: Json): Json {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !/^aws:/i.test(key)));
}

/**
 * The deprecated AdminCreateUserConfig.UnusedAccountValidityDays is described beside its successor
 * PasswordPolicy.TemporaryPasswordValidityDays, and must not be sent beside it
 * (docs/facts.md#cognito-update-user-pool).
 */
function withoutDeprecatedTwin(pool: Json): Json {
  const { PasswordPolicy } = toJson(pool.Policies);
  if (toJson(PasswordPolicy).TemporaryPasswordValidityDays === undefined) return pool;
  const { UnusedAccountValidityDays: _, ...config } = toJson(pool.AdminCreateUserConfig);
  return withoutEmpty({ ...pool, AdminCreateUserConfig: config }, ['LambdaConfig']);
}

/** One setting that is not as it should be; `path` as in Policies, PasswordPolicy, MinimumLength. */
export type SettingDifference = { path: readonly string[]; expected: unknown; actual: unknown };

/** What GetUserPoolMfaConfig tells comes under this name. */
export const MFA = 'MFA';

/** No settings: they change by themselves, or because an update looks at roles and senders again. */
const VOLATILE = [
  'LastModifiedDate',
  'EstimatedNumberOfUsers',
  'Status',
  'SmsConfigurationFailure',
  'EmailConfigurationFailure',
];

/** What differs between two readings of a pool, setting by setting; the order of lists does not count. */
export function settingsToDifferences(
  expected: PoolSettings,
  actual: PoolSettings,
): SettingDifference[] {
  const pool = differences(comparable(expected.pool), comparable(actual.pool), []);
  // Where it could be read only once, nothing can be said.
  if (!expected.mfa || !actual.mfa) return pool;
  return [...pool, ...differences(withoutEmpty(expected.mfa), withoutEmpty(actual.mfa), [MFA])];
}

function comparable(pool: Json): Json {
  const settings = Object.entries(pool).filter(([name]) => !VOLATILE.includes(name));
  return withoutEmpty(withoutDeprecatedTwin(Object.fromEntries(settings)));
}

function differences(
  expected: unknown,
  actual: unknown,
  path: readonly string[],
): SettingDifference[] {
  if (isJson(expected) && isJson(actual)) {
    const names = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    return [...names].flatMap((name) => differences(expected[name], actual[name], [...path, name]));
  }
  return canonical(expected) === canonical(actual) ? [] : [{ path, expected, actual }];
}

/** One text for equal values, whatever the order of names and entries. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).sort().join()}]`;
  if (!isJson(value)) return JSON.stringify(value) ?? 'absent';
  const entries = Object.entries(value).map(([name, each]) => `${name}:${canonical(each)}`);
  return `{${entries.sort().join()}}`;
}

/** Differences → one line for people. Long values are cut; an external id is not shown. */
export function differencesToText(found: readonly SettingDifference[]): string {
  const show = (path: string, value: unknown) => {
    if (value === undefined) return 'absent';
    if (/ExternalId/.test(path)) return '…';
    const text = JSON.stringify(value);
    return text.length > 80 ? `${text.slice(0, 79)}…` : text;
  };
  return found
    .map(({ path: keys, expected, actual }) => {
      const path = keys.join('.');
      return `${path}: ${show(path, expected)} → ${show(path, actual)}`;
    })
    .join('; ');
}

/** The same settings with these differences' expected values. */
export function withExpected(
  settings: PoolSettings,
  expected: readonly SettingDifference[],
): PoolSettings {
  const whole: Json = structuredClone({ ...settings.pool, [MFA]: settings.mfa });
  for (const difference of expected) {
    let parent = whole;
    for (const name of difference.path.slice(0, -1)) {
      const child = { ...toJson(parent[name]) };
      parent[name] = child;
      parent = child;
    }
    parent[difference.path.at(-1) ?? ''] = difference.expected;
  }
  const { [MFA]: mfa, ...pool } = whole;
  return { pool, ...(settings.mfa && { mfa: toJson(mfa) }) };
}

/** MFA settings that UpdateUserPool sets too, under another name (API reference, GetUserPoolMfaConfig). */
const MFA_TWINS: Readonly<Record<string, string>> = {
  MfaConfiguration: 'MfaConfiguration',
  SmsMfaConfiguration: '',
};

/**
 * Whether an UpdateUserPool with this body has lost the setting, rather than another change set it after
 * that update: the operation keeps what it is sent, and resets what it is not
 * (docs/facts.md#cognito-update-user-pool). A member
 * that was sent and is gone altogether is taken for lost, too: better to stop than to believe it.
 *
 * @param sent the body as it went over the wire: the SDK leaves out what it does not know, at any depth.
 */
export function isLost({ path, expected, actual }: SettingDifference, sent: Json): boolean {
  if (expected === undefined) return false;
  const names = nameInUpdate(path);
  if (actual === undefined && names.length === 1) return true;
  let value: unknown = sent;
  for (const name of names) {
    if (!isJson(value) || value[name] === undefined) return true;
    value = value[name];
  }
  return false;
}

function nameInUpdate(path: readonly string[]): string[] {
  const [first = '', second = '', ...rest] = path;
  if (first !== MFA) return [RENAMED[first] ?? first, ...path.slice(1)];
  const twin = MFA_TWINS[second];
  if (twin === undefined) return [...path];
  return twin === '' ? rest : [twin, ...rest];
}

/** Without null, "", [] and {}, at any depth: the API writes a setting that is not set in any of them. */
function withoutEmpty(value: Json, keep: readonly string[] = []): Json {
  const entries = Object.entries(value).flatMap(([name, each]) => {
    const pruned = isJson(each) ? withoutEmpty(each) : each;
    return keep.includes(name) || !isEmpty(pruned) ? [[name, pruned] as const] : [];
  });
  return Object.fromEntries(entries);
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function toJson(value: unknown): Json {
  return isJson(value) ? value : {};
}
