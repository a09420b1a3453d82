import {
  CognitoIdentityProviderClient,
  CreateUserPoolCommand,
  type CreateUserPoolCommandInput,
  DescribeUserPoolCommand,
  GetUserPoolMfaConfigCommand,
  type LambdaConfigType,
  SetUserPoolMfaConfigCommand,
  UpdateUserPoolCommand,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';

export type AwkwardPool = {
  id: string;
  arn: string;
  /** Everything that is set on it, its triggers too; not the counters and dates. */
  settings(): Promise<PoolSettings>;
  lambdaConfig(): Promise<LambdaConfigType>;
  lastModified(): Promise<Date | undefined>;
  /** As another tool would: every other setting is given again as it is. */
  setTriggers(triggers: LambdaConfigType): Promise<void>;
};

export type PoolSettings = { described: Partial<UserPoolType>; mfa: unknown };

/** A pool where everything is set that an update of it can lose. */
export async function createAwkwardPool(
  clientConfig: ConstructorParameters<typeof CognitoIdentityProviderClient>[0],
  triggers: LambdaConfigType,
): Promise<AwkwardPool> {
  const cognito = new CognitoIdentityProviderClient(clientConfig ?? {});
  const { UserPool } = await cognito.send(
    new CreateUserPoolCommand({ ...AWKWARD_SETTINGS, LambdaConfig: triggers }),
  );
  const id = UserPool?.Id;
  const arn = UserPool?.Arn;
  if (id === undefined || arn === undefined) throw new Error('no pool was made');
  await cognito.send(
    new SetUserPoolMfaConfigCommand({
      UserPoolId: id,
      MfaConfiguration: 'OPTIONAL',
      SoftwareTokenMfaConfiguration: { Enabled: true },
    }),
  );
  const describe = async () => {
    const answer = await cognito.send(new DescribeUserPoolCommand({ UserPoolId: id }));
    return answer.UserPool ?? {};
  };
  return {
    id,
    arn,
    async settings() {
      const { LastModifiedDate, EstimatedNumberOfUsers, ...described } = await describe();
      const mfa = await cognito.send(new GetUserPoolMfaConfigCommand({ UserPoolId: id }));
      const { $metadata, ...rest } = mfa;
      return { described, mfa: rest };
    },
    lambdaConfig: async () => (await describe()).LambdaConfig ?? {},
    lastModified: async () => (await describe()).LastModifiedDate,
    async setTriggers(changed) {
      const { PoolName, Schema, UsernameConfiguration, UsernameAttributes, ...updatable } =
        AWKWARD_SETTINGS;
      await cognito.send(
        new UpdateUserPoolCommand({ ...updatable, UserPoolId: id, LambdaConfig: changed }),
      );
    },
  };
}

/** A role that the pool is given: whoever updates the pool gives it again, and has to be allowed to. */
export const SMS_ROLE = 'arn:aws:iam::000000000000:role/members-sms';

const AWKWARD_SETTINGS: CreateUserPoolCommandInput = {
  PoolName: 'members of everything, the 2nd',
  Policies: {
    PasswordPolicy: {
      MinimumLength: 14,
      RequireLowercase: true,
      RequireUppercase: true,
      RequireNumbers: true,
      RequireSymbols: false,
      PasswordHistorySize: 5,
      // DescribeUserPool then also tells AdminCreateUserConfig.UnusedAccountValidityDays.
      TemporaryPasswordValidityDays: 21,
    },
    SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'EMAIL_OTP'] },
  },
  DeletionProtection: 'ACTIVE',
  MfaConfiguration: 'OPTIONAL',
  AutoVerifiedAttributes: ['email'],
  UsernameAttributes: ['email'],
  UsernameConfiguration: { CaseSensitive: false },
  Schema: [
    { Name: 'email', AttributeDataType: 'String', Required: true, Mutable: true },
    {
      Name: 'plan',
      AttributeDataType: 'String',
      Mutable: true,
      StringAttributeConstraints: { MinLength: '1', MaxLength: '20' },
    },
  ],
  VerificationMessageTemplate: {
    DefaultEmailOption: 'CONFIRM_WITH_LINK',
    EmailMessageByLink: 'Willkommen! {##Bestätigen##}',
    EmailSubjectByLink: 'Ihre Anmeldung',
    EmailMessage: 'Code: {####}',
    EmailSubject: 'Ihr Code',
    SmsMessage: 'Code {####}',
  },
  EmailVerificationMessage: 'Code: {####}',
  EmailVerificationSubject: 'Ihr Code',
  SmsVerificationMessage: 'Code {####}',
  SmsAuthenticationMessage: 'Anmeldung: {####}',
  EmailConfiguration: {
    EmailSendingAccount: 'DEVELOPER',
    SourceArn: 'arn:aws:ses:eu-central-1:000000000000:identity/example.com',
    From: 'Members <members@example.com>',
    ReplyToEmailAddress: 'help@example.com',
    ConfigurationSet: 'members',
  },
  SmsConfiguration: {
    SnsCallerArn: SMS_ROLE,
    ExternalId: 'members',
    SnsRegion: 'eu-central-1',
  },
  DeviceConfiguration: {
    ChallengeRequiredOnNewDevice: true,
    DeviceOnlyRememberedOnUserPrompt: true,
  },
  AdminCreateUserConfig: {
    AllowAdminCreateUserOnly: false,
    InviteMessageTemplate: {
      EmailMessage: '{username}, {####}',
      EmailSubject: 'Einladung',
      SMSMessage: '{username}, {####}',
    },
  },
  UserPoolTags: { team: 'members', 'cost-centre': '4711' },
  UserPoolTier: 'PLUS',
  UserPoolAddOns: { AdvancedSecurityMode: 'ENFORCED' },
  AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
  UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
};
