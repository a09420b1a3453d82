import type { UserPoolType } from '@aws-sdk/client-cognito-identity-provider';
import { TRIGGERS, type Trigger } from '../config/pool-triggers.ts';
import { attachedStages } from '../user-pool-triggers/trigger-holder.ts';
import { fitLength } from './fill-attributes.ts';
import type { CanaryIdentity } from './mark.ts';

/** What the canary has to know of a pool before it makes anything in it. */
export type CanaryPoolFacts = {
  schema: NonNullable<UserPoolType['SchemaAttributes']>;
  /** How users are called: by an address, by a phone number, or by a name of their own. */
  names: 'email' | 'phone_number' | 'plain';
  /** The triggers at which the pool calls the sync. */
  attached: readonly Trigger[];
  /** How long a password has to be at least. */
  passwordLength: number;
  /** Why users cannot sign up by themselves; undefined where that is possible. */
  signUpClosed: string | undefined;
  /** How many mails Cognito sends for one run, and whether it takes them from its own small quota. */
  mails: { count: number; fromCognito: boolean };
  /** MFA is required of everybody. */
  mfaRequired: boolean;
  /** Threat protection may refuse a sign-in. */
  threatProtection: boolean;
  /** Whether the address of a user can change. */
  isEmailMutable: boolean;
  /** The attribute that the canary renames, and the field of WorkOS that it becomes; undefined: none can change. */
  renamed: { attribute: 'given_name' | 'name'; fit(text: string): string } | undefined;
};

/** DescribeUserPool → what matters to the canary. */
export function poolToFacts(pool: UserPoolType): CanaryPoolFacts {
  const schema = pool.SchemaAttributes ?? [];
  const verified = pool.AutoVerifiedAttributes ?? [];
  const names = namesOf(pool);
  const needsPhone =
    names === 'phone_number' ||
    schema.some(({ Name, Required }) => Name === 'phone_number' && Required);
  const signUpClosed = pool.AdminCreateUserConfig?.AllowAdminCreateUserOnly
    ? 'the pool lets administrators alone create users (AllowAdminCreateUserOnly)'
    : needsPhone && verified.includes('phone_number')
      ? 'a sign-up would send an SMS to a phone number that does not exist'
      : undefined;
  const isMutable = (name: string) => schema.find(({ Name }) => Name === name)?.Mutable !== false;
  const renamed = (['given_name', 'name'] as const).find(isMutable);
  const attribute = schema.find(({ Name }) => Name === renamed);
  return {
    schema,
    names,
    attached: TRIGGERS.filter((trigger) => {
      const functionArn = pool.LambdaConfig?.[trigger];
      return functionArn !== undefined && attachedStages({ [trigger]: functionArn }).length > 0;
    }),
    passwordLength: pool.Policies?.PasswordPolicy?.MinimumLength ?? 8,
    signUpClosed,
    mails: {
      count: signUpClosed === undefined && verified.includes('email') ? 2 : 0,
      fromCognito: pool.EmailConfiguration?.EmailSendingAccount !== 'DEVELOPER',
    },
    mfaRequired: pool.MfaConfiguration === 'ON',
    threatProtection: pool.UserPoolAddOns?.AdvancedSecurityMode === 'ENFORCED',
    isEmailMutable: isMutable('email'),
    renamed: renamed && { attribute: renamed, fit: (text) => fitLength(text, attribute) },
  };
}

/** What a profile signs up and in with. */
export function usernameOf({ names }: CanaryPoolFacts, identity: CanaryIdentity): string {
  switch (names) {
    case 'email':
      return identity.address;
    case 'phone_number':
      return identity.phone;
    case 'plain':
      return identity.plainName;
  }
}

/** As long as the pool wants, and never short. */
export function passwordOf({ passwordLength }: CanaryPoolFacts, identity: CanaryIdentity): string {
  return identity.password.slice(0, Math.max(28, passwordLength));
}

function namesOf({ UsernameAttributes = [] }: UserPoolType): CanaryPoolFacts['names'] {
  if (UsernameAttributes.includes('email')) return 'email';
  return UsernameAttributes.includes('phone_number') ? 'phone_number' : 'plain';
}
