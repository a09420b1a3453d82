import { invalid, ok } from './actions.ts';
import type { CognitoAnswer } from './types.ts';

type PoolJson = Record<string, unknown>;

/** API reference, UpdateUserPool, request syntax: written down here on its own, not taken from the SDK. */
const UPDATABLE =
  'AccountRecoverySetting AdminCreateUserConfig AutoVerifiedAttributes DeletionProtection DeviceConfiguration EmailConfiguration EmailVerificationMessage EmailVerificationSubject LambdaConfig MfaConfiguration Policies PoolName SmsAuthenticationMessage SmsConfiguration SmsVerificationMessage UserAttributeUpdateSettings UserPoolAddOns UserPoolTags UserPoolTier VerificationMessageTemplate KeyConfiguration IssuerConfiguration'.split(
    ' ',
  );

/** "If you don't provide a value for an attribute, Amazon Cognito sets it to its default value." */
const DEFAULTS: PoolJson = {
  Policies: {
    PasswordPolicy: {
      MinimumLength: 8,
      RequireUppercase: true,
      RequireLowercase: true,
      RequireNumbers: true,
      RequireSymbols: true,
      TemporaryPasswordValidityDays: 7,
    },
    SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD'] },
  },
  DeletionProtection: 'INACTIVE',
  LambdaConfig: {},
  MfaConfiguration: 'OFF',
  VerificationMessageTemplate: { DefaultEmailOption: 'CONFIRM_WITH_CODE' },
  EmailConfiguration: { EmailSendingAccount: 'COGNITO_DEFAULT' },
  AdminCreateUserConfig: { AllowAdminCreateUserOnly: false },
  UserPoolTags: {},
  UserPoolTier: 'ESSENTIALS',
};

/** What only CreateUserPool sets, or what is no setting. */
const FIXED: PoolJson = {
  CreationDate: 1_700_000_000.5,
  SchemaAttributes: [
    { Name: 'sub', AttributeDataType: 'String', Mutable: false, Required: true },
    { Name: 'custom:plan', AttributeDataType: 'String', Mutable: true, Required: false },
  ],
  UsernameAttributes: ['email'],
  UsernameConfiguration: { CaseSensitive: false },
  Domain: 'auth-example',
};

export type PoolControl = {
  /** The settings as UpdateUserPool takes them; what is missing has its default. */
  settings: PoolJson;
  /** What GetUserPoolMfaConfig answers beside `MfaConfiguration`. */
  mfa: PoolJson;
  /** Settings that the SDK does not know yet: described, and reset by every update that does not send them. */
  future: PoolJson;
  /** Tags that AWS has set: described with the others, kept whatever an update sends. */
  systemTags: Record<string, string>;
  /** Changes the request before it is carried out: a Cognito that does something else as well. */
  sabotage: ((request: PoolJson) => PoolJson) | undefined;
};

/** Settings of which as many as possible differ from their defaults, for tests of UpdateUserPool. */
export const AWKWARD_SETTINGS: PoolJson = {
  PoolName: 'production pool - do not touch',
  Policies: {
    PasswordPolicy: {
      MinimumLength: 13,
      RequireUppercase: false,
      RequireLowercase: true,
      RequireNumbers: false,
      RequireSymbols: true,
      PasswordHistorySize: 5,
      TemporaryPasswordValidityDays: 21,
    },
    SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'EMAIL_OTP', 'WEB_AUTHN'] },
  },
  DeletionProtection: 'ACTIVE',
  LambdaConfig: {
    PreSignUp: 'arn:aws:lambda:eu-central-1:111122223333:function:pre-sign-up:7',
    PreTokenGeneration: 'arn:aws:lambda:eu-central-1:111122223333:function:claims',
    PreTokenGenerationConfig: {
      LambdaVersion: 'V2_0',
      LambdaArn: 'arn:aws:lambda:eu-central-1:111122223333:function:claims',
    },
    CustomEmailSender: {
      LambdaVersion: 'V1_0',
      LambdaArn: 'arn:aws:lambda:eu-central-1:111122223333:function:mail',
    },
    KMSKeyID: 'arn:aws:kms:eu-central-1:111122223333:key/00000000-0000-4000-8000-000000000000',
  },
  AutoVerifiedAttributes: ['phone_number', 'email'],
  SmsVerificationMessage: 'Ihr Code: {####}',
  EmailVerificationMessage: 'Ihr Code ist {####} – bis gleich <b>☂</b>',
  EmailVerificationSubject: 'Bestätigung',
  VerificationMessageTemplate: {
    SmsMessage: 'Ihr Code: {####}',
    EmailMessage: 'Ihr Code ist {####} – bis gleich <b>☂</b>',
    EmailSubject: 'Bestätigung',
    DefaultEmailOption: 'CONFIRM_WITH_LINK',
    EmailMessageByLink: '{##Hier bestätigen##}',
    EmailSubjectByLink: 'Bestätigung',
  },
  SmsAuthenticationMessage: 'Anmeldung: {####}',
  UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
  MfaConfiguration: 'OPTIONAL',
  DeviceConfiguration: {
    ChallengeRequiredOnNewDevice: true,
    DeviceOnlyRememberedOnUserPrompt: true,
  },
  EmailConfiguration: {
    SourceArn: 'arn:aws:ses:eu-central-1:111122223333:identity/example.com',
    ReplyToEmailAddress: 'help@example.com',
    EmailSendingAccount: 'DEVELOPER',
    From: 'Example <no-reply@example.com>',
    ConfigurationSet: 'tracking',
  },
  SmsConfiguration: {
    SnsCallerArn: 'arn:aws:iam::111122223333:role/sms',
    ExternalId: 'external-id-of-the-role',
    SnsRegion: 'eu-central-1',
  },
  UserPoolTags: { team: 'identity', 'cost center': '4711' },
  AdminCreateUserConfig: {
    AllowAdminCreateUserOnly: true,
    InviteMessageTemplate: {
      EmailMessage: 'Willkommen {username}, {####}',
      EmailSubject: 'Willkommen',
      SMSMessage: '{username} {####}',
    },
  },
  UserPoolAddOns: {
    AdvancedSecurityMode: 'ENFORCED',
    AdvancedSecurityAdditionalFlows: { CustomAuthMode: 'AUDIT' },
  },
  AccountRecoverySetting: {
    RecoveryMechanisms: [
      { Priority: 1, Name: 'verified_phone_number' },
      { Priority: 2, Name: 'verified_email' },
    ],
  },
  UserPoolTier: 'PLUS',
};

export function createPoolControl(settings: PoolJson = {}): PoolControl {
  return {
    settings: structuredClone(settings),
    mfa: { SoftwareTokenMfaConfiguration: { Enabled: true } },
    future: {},
    systemTags: {},
    sabotage: undefined,
  };
}

/**
 * DescribeUserPool, UpdateUserPool and the pool's MFA, after the Amazon Cognito user pools API reference:
 * an update resets every setting that it is not given, refuses members it does not have and empty ones,
 * and the deprecated UnusedAccountValidityDays beside its successor (docs/facts.md#cognito-update-user-pool).
 */
export function poolActions(pool: {
  userPoolId: string;
  control: PoolControl;
  estimatedUsers: () => number;
  clock: () => number;
}): Record<string, (body: PoolJson) => CognitoAnswer> {
  const { userPoolId, control, estimatedUsers, clock } = pool;
  let modified = clock();

  function describe(): PoolJson {
    const { PoolName = 'pool', ...settings } = { ...DEFAULTS, ...control.settings };
    const { TemporaryPasswordValidityDays } = passwordPolicy(settings);
    return {
      Id: userPoolId,
      Name: PoolName,
      Arn: `arn:aws:cognito-idp:eu-central-1:111122223333:userpool/${userPoolId}`,
      LastModifiedDate: modified / 1000,
      EstimatedNumberOfUsers: estimatedUsers(),
      ...FIXED,
      ...settings,
      AdminCreateUserConfig: {
        ...json(settings.AdminCreateUserConfig),
        UnusedAccountValidityDays: TemporaryPasswordValidityDays,
      },
      ...control.future,
      UserPoolTags: { ...json(settings.UserPoolTags), ...control.systemTags },
    };
  }

  function update(body: PoolJson): CognitoAnswer {
    const { UserPoolId: _, ...request } = control.sabotage?.(structuredClone(body)) ?? body;
    const futures = Object.keys(control.future);
    for (const [name, value] of Object.entries(request)) {
      if (![...UPDATABLE, ...futures].includes(name)) return invalid(`Unknown parameter: ${name}`);
      if (value === '') return invalid(`Value at '${name}' failed to satisfy constraint`);
    }
    // AWS general reference, tag naming limits: the prefix is AWS's own.
    if (Object.keys(json(request.UserPoolTags)).some((key) => key.startsWith('aws:'))) {
      return invalid('aws: prefixed tag key names are not allowed for external use.');
    }
    const admin = json(request.AdminCreateUserConfig);
    const { TemporaryPasswordValidityDays } = passwordPolicy(request);
    if (admin.UnusedAccountValidityDays !== undefined && TemporaryPasswordValidityDays) {
      return invalid(
        'Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays',
      );
    }
    if (request.SmsConfiguration && json(request.SmsConfiguration).SnsCallerArn === undefined) {
      return invalid("Value null at 'smsConfiguration.snsCallerArn' failed");
    }
    const formerName = control.settings.PoolName;
    control.future = Object.fromEntries(futures.map((name) => [name, request[name]]));
    const known = Object.entries(request).filter(([name]) => UPDATABLE.includes(name));
    control.settings = {
      ...(formerName !== undefined && { PoolName: formerName }),
      ...Object.fromEntries(known),
    };
    modified = clock();
    return ok({});
  }

  return {
    DescribeUserPool: () => ok({ UserPool: describe() }),
    UpdateUserPool: update,
    GetUserPoolMfaConfig: () =>
      ok({ MfaConfiguration: describe().MfaConfiguration, ...control.mfa }),
    SetUserPoolMfaConfig({ UserPoolId: _, MfaConfiguration, ...rest }) {
      control.settings = { ...control.settings, MfaConfiguration };
      control.mfa = rest;
      return ok({});
    },
  };
}

function passwordPolicy(settings: PoolJson): PoolJson {
  return json(json(settings.Policies).PasswordPolicy);
}

function json(value: unknown): PoolJson {
  return typeof value === 'object' && value !== null ? (value as PoolJson) : {};
}
