import type { UserPoolType } from '@aws-sdk/client-cognito-identity-provider';
import { TRIGGERS, type Trigger } from '../config/pool-triggers.ts';
import type { SettingName } from '../stage/setting-rules.ts';
import { defaultApiKeyParameter } from '../stage/stage-environment.ts';
import { poolToTriggers, toTriggerHolder } from '../user-pool-triggers/trigger-holder.ts';

/** One line of the file; `value` is absent where only the operator knows it. */
export type ProposedSetting = {
  name: SettingName | 'region';
  value?: string;
  /** Why the line is there, or what the operator may want to write. */
  why: string;
};

/** PostAuthentication is taken only where the operator asks for it (docs/facts.md#cognito-federated). */
const TAKEN = TRIGGERS.filter((trigger) => trigger !== 'PostAuthentication');

/**
 * A described user pool → the settings with which the stage can be deployed onto it: whatever function is in a
 * trigger that the deployment takes is chained, so that it goes on being called.
 */
export function poolToSettings(
  pool: UserPoolType,
  { stage, userPoolId }: { stage: string; userPoolId: string },
): ProposedSetting[] {
  const triggers = poolToTriggers(pool);
  const chains = TAKEN.flatMap((trigger) => {
    const holder = toTriggerHolder(trigger, triggers[trigger], { stage });
    return holder.kind === 'foreign' ? [toChain(trigger, holder.functionArn)] : [];
  });
  const smsRoleArn = pool.SmsConfiguration?.SnsCallerArn;
  const keyArn = pool.LambdaConfig?.KMSKeyID;
  return [
    { name: 'userPoolId', value: userPoolId, why: pool.Name ?? 'the user pool to observe' },
    {
      name: 'region',
      value: userPoolId.split('_')[0] ?? '',
      why: 'where the pool is, and the stack is deployed to',
    },
    ...chains,
    ...(smsRoleArn
      ? [
          setting(
            'smsRoleArn',
            smsRoleArn,
            'the pool sends SMS with this role: the deployment passes it on',
          ),
        ]
      : []),
    ...(keyArn
      ? [setting('customSenderKmsKeyArn', keyArn, "the key of the pool's custom senders")]
      : []),
    {
      name: 'alarmTopicArn',
      why: 'the SNS topic that alarms go to; without it they are only shown',
    },
    {
      name: 'workosApiKeyParameter',
      value: defaultApiKeyParameter(stage),
      why: 'the SSM SecureString that holds the WorkOS API key',
    },
    {
      name: 'trustedEmailProviders',
      why: 'SAML and OIDC providers whose email addresses you vouch for, like Okta,Azure:acme.com',
    },
    { name: 'oauthClients', why: 'a file beside this one, which cws oauth-clients --write makes' },
  ];
}

function toChain(trigger: Trigger, functionArn: string): ProposedSetting {
  return setting(
    `chain${trigger}`,
    functionArn,
    `${trigger} calls this function now: ours takes its place and calls it`,
  );
}

function setting(name: SettingName, value: string, why: string): ProposedSetting {
  return { name, value, why };
}

/** The settings as `config/<stage>.yml`; those without a value stand there as comments. */
export function settingsToYaml(stage: string, settings: readonly ProposedSetting[]): string {
  const lines = settings.flatMap(({ name, value, why }) => [
    '',
    `# ${why.replaceAll(/\s+/g, ' ')}`,
    value === undefined ? `# ${name}:` : `${name}: ${value}`,
  ]);
  return [
    `# The settings of the stage ${stage}: serverless.yml and every command (--stage ${stage}) read them.`,
    '# docs/configuration.md has all of them. No secret belongs here: commit this file.',
    ...lines,
    '',
  ].join('\n');
}
