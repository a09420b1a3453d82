import { ConfigurationError, type Environment } from './environment.ts';

/** KMS API reference, Decrypt: KeyId. Aliases have no place here, because a seal names its key by the id. */
const KEY_ID = /^(arn:[\w-]+:kms:[\w-]+:\d{12}:key\/)?(mrk-[0-9a-f]{32}|[0-9a-f-]{36})$/;

/**
 * `PASSWORD_KEY_ID`: the KMS keys that open sealed passwords, the current one first, each by its id or ARN,
 * comma-separated. Not set: none, and no sealed password is opened.
 *
 * @throws ConfigurationError
 */
export function loadPasswordKeyIds(env: Environment): string[] {
  const keyIds = (env.PASSWORD_KEY_ID ?? '').split(',').map((each) => each.trim());
  const given = keyIds.filter((each) => each !== '');
  if (given.every((each) => KEY_ID.test(each))) return given;
  throw new ConfigurationError(
    'PASSWORD_KEY_ID',
    'has to be ids or ARNs of KMS keys, comma-separated; an alias is none',
  );
}
