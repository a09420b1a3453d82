import {
  DescribeParametersCommand,
  GetParameterCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import {
  ask,
  type Fact,
  failureToFinding,
  type PreflightCheck,
  type PreflightFinding,
} from './check.ts';

/** `value` is a secret: it is handed to WorkOS and to nobody else. */
export type KeyParameter = { type: string | undefined; value: string };

export async function askForKey(ssm: SSMClient, Name: string): Promise<Fact<KeyParameter>> {
  return ask(async (abortSignal) => {
    const command = new GetParameterCommand({ Name, WithDecryption: true });
    const { Parameter } = await ssm.send(command, { abortSignal });
    return { type: Parameter?.Type, value: Parameter?.Value?.trim() ?? '' };
  });
}

export function checkKeyParameter(key: Promise<Fact<KeyParameter>>, name: string): PreflightCheck {
  const put = `aws ssm put-parameter --type SecureString --name ${name} --value "$WORKOS_API_KEY"`;
  return {
    name: 'key-parameter',
    async run() {
      const fact = await key;
      if (fact.known) return judgeParameter(fact.value, name, put);
      if (fact.failure.kind === 'not_found') {
        return { status: 'fail', detail: `there is no SSM parameter ${name}`, todo: put };
      }
      if (fact.failure.kind === 'refused' && /^InvalidKeyId/.test(fact.failure.name)) {
        return {
          status: 'fail',
          detail: `the KMS key of ${name} cannot be used: it is disabled, deleted or out of reach`,
          todo: `enable the key, or write the parameter again with another: ${put} --overwrite`,
        };
      }
      return failureToFinding(fact.failure, 'ssm:GetParameter (and kms:Decrypt)');
    },
  };
}

function judgeParameter(
  { type, value }: KeyParameter,
  name: string,
  put: string,
): PreflightFinding {
  if (type !== 'SecureString') {
    const todo = `delete it and write it again: ${put}`;
    return { status: 'fail', detail: `${name} is a ${type}, and lies there in plain text`, todo };
  }
  if (value === '') {
    return { status: 'fail', detail: `${name} is empty`, todo: `${put} --overwrite` };
  }
  return { status: 'ok', detail: `${name}, a SecureString` };
}

/** The consumer's role may decrypt with a customer managed key only where the deployment is told of it. */
export function checkKmsKey(ssm: SSMClient, name: string): PreflightCheck {
  return {
    name: 'key-encryption',
    async run() {
      const filter = { Key: 'Name', Option: 'Equals', Values: [name] };
      const command = new DescribeParametersCommand({ ParameterFilters: [filter] });
      const fact = await ask((abortSignal) => ssm.send(command, { abortSignal }));
      if (!fact.known) return failureToFinding(fact.failure, 'ssm:DescribeParameters');
      const parameter = fact.value.Parameters?.find(({ Name }) => Name === name);
      if (!parameter)
        return { status: 'unknown', detail: 'not without the parameter (see key-parameter)' };
      return judgeKey(parameter.KeyId);
    },
  };
}

function judgeKey(keyId: string | undefined): PreflightFinding {
  if (keyId === undefined || keyId === 'alias/aws/ssm') {
    return { status: 'ok', detail: 'the AWS managed key aws/ssm' };
  }
  const detail = `a customer managed key: ${keyId}`;
  const alias = /(?:^|:)(alias\/.+)$/.exec(keyId)?.[1];
  const id = alias
    ? `<id>, from: aws kms describe-key --key-id ${alias} --query KeyMetadata.KeyId`
    : (keyId.split('/').at(-1) ?? keyId);
  return { status: 'warn', detail, todo: `deploy with --param workosApiKeyKmsKeyId=${id}` };
}
