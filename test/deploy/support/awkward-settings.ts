import type { CreateUserPoolCommandInput } from '@aws-sdk/client-cognito-identity-provider';
import { CreateRoleCommand, type IAMClient } from '@aws-sdk/client-iam';

/** The role with which the pool sends SMS. */
export async function createSmsRole(iam: IAMClient): Promise<void> {
  const statement = {
    Effect: 'Allow',
    Principal: { Service: 'cognito-idp.amazonaws.com' },
    Action: 'sts:AssumeRole',
  };
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [statement],
  });
  await iam.send(new CreateRoleCommand({ RoleName: 'members-sms', AssumeRolePolicyDocument }));
}

/** An update of the pool must send this role again, and its caller needs iam:PassRole for it. */
export const SMS_ROLE = 'arn:aws:iam::000000000000:role/members-sms';

/** Every setting that an update can reset; SetUserPoolMfaConfig adds TOTP (docs/facts.md#cognito-update-user-pool). */
export const CREATE_AWKWARD_POOL: CreateUserPoolCommandInput = {
  PoolName: 'members of everything, the 2nd',
  Policies: {
    PasswordPolicy: {
      MinimumLength: 14,
      RequireLowercase: true,
      RequireUppercase: true,
      RequireNumbers: true,
      RequireSymbols: false,
      PasswordHistorySize: 5,
      // DescribeUserPool then also answers with AdminCreateUserConfig.UnusedAccountValidityDays.
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
