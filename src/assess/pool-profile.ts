import type { UserPoolType } from '@aws-sdk/client-cognito-identity-provider';
import { TRIGGERS, type Trigger } from '../config/pool-triggers.ts';
import { parseFunctionName } from '../user-pool-triggers/function-name.ts';

/** What DescribeUserPool says that a migration depends on. No value of a user's, no secret. */
export type PoolProfile = {
  name: string | undefined;
  /** Cognito's own estimate. */
  estimatedUsers: number | undefined;
  /** What a user types to sign in. `isCaseSensitive`: of names. */
  signIn: { by: SignInName[]; isCaseSensitive: boolean };
  mfa: 'OFF' | 'OPTIONAL' | 'ON';
  /** Of the first step: PASSWORD, EMAIL_OTP, SMS_OTP, WEB_AUTHN. */
  firstFactors: string[];
  /** Of Cognito's hosted sign-in pages; undefined where there are none. */
  domain: string | undefined;
  tier: string | undefined;
  triggers: HeldTrigger[];
  customAttributes: string[];
  /** `COGNITO_DEFAULT` or `DEVELOPER` (Amazon SES). */
  emailSender: string;
  threatProtection: 'OFF' | 'AUDIT' | 'ENFORCED';
  remembersDevices: boolean;
  isSignUpClosed: boolean;
};

type SignInName = 'email' | 'phone_number' | 'username' | 'preferred_username';

/**
 * A function that the pool calls. `kind`:
 * - `ours`: one of this service; `stage` says of which.
 * - `chain`: in a trigger that this service takes; ours calls it.
 * - `unchainable`: likewise, and its name is none that ours can call.
 * - `other`: in a trigger that the sync leaves alone; nothing of WorkOS calls it.
 */
export type HeldTrigger = {
  trigger: string;
  functionArn: string;
  kind: 'ours' | 'chain' | 'unchainable' | 'other';
  stage?: string;
};

/** As serverless/parameters.yml takes a chained function. */
const CHAINABLE = /^arn:[\w-]+:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+(:[\w$-]+)?$/;

export function poolToProfile(pool: UserPoolType): PoolProfile {
  const schema = pool.SchemaAttributes ?? [];
  return {
    name: pool.Name,
    estimatedUsers: pool.EstimatedNumberOfUsers,
    signIn: {
      by: toSignInNames(pool),
      // Pools from before the setting have none, and are case-sensitive (developer guide, user pool case sensitivity).
      isCaseSensitive: pool.UsernameConfiguration?.CaseSensitive ?? true,
    },
    mfa: pool.MfaConfiguration ?? 'OFF',
    firstFactors: pool.Policies?.SignInPolicy?.AllowedFirstAuthFactors ?? ['PASSWORD'],
    domain: pool.CustomDomain ?? pool.Domain,
    tier: pool.UserPoolTier,
    triggers: toHeldTriggers(pool.LambdaConfig ?? {}),
    customAttributes: schema.flatMap(({ Name }) =>
      Name !== undefined && /^(custom|dev):/.test(Name) ? [Name] : [],
    ),
    emailSender: pool.EmailConfiguration?.EmailSendingAccount ?? 'COGNITO_DEFAULT',
    threatProtection: pool.UserPoolAddOns?.AdvancedSecurityMode ?? 'OFF',
    remembersDevices: pool.DeviceConfiguration !== undefined,
    isSignUpClosed: pool.AdminCreateUserConfig?.AllowAdminCreateUserOnly ?? false,
  };
}

/** A pool has UsernameAttributes or AliasAttributes, or neither (API reference, CreateUserPool). */
function toSignInNames({ UsernameAttributes, AliasAttributes }: UserPoolType): SignInName[] {
  if (UsernameAttributes && UsernameAttributes.length > 0) return [...UsernameAttributes];
  return ['username', ...(AliasAttributes ?? [])];
}

function toHeldTriggers(config: NonNullable<UserPoolType['LambdaConfig']>): HeldTrigger[] {
  return Object.entries(config).flatMap(([name, value]) => {
    const functionArn = typeof value === 'string' ? value : value?.LambdaArn;
    if (!functionArn || name === 'KMSKeyID') return [];
    // The newer form of the same trigger is named beside the older one.
    if (name === 'PreTokenGenerationConfig' && config.PreTokenGeneration === functionArn) return [];
    const trigger = name.replace(/Config$/, '');
    return [toHeld(trigger, functionArn)];
  });
}

function toHeld(trigger: string, functionArn: string): HeldTrigger {
  const stage = parseFunctionName(functionArn)?.stage;
  if (stage !== undefined) return { trigger, functionArn, kind: 'ours', stage };
  if (!isTaken(trigger)) return { trigger, functionArn, kind: 'other' };
  return { trigger, functionArn, kind: CHAINABLE.test(functionArn) ? 'chain' : 'unchainable' };
}

function isTaken(trigger: string): trigger is Trigger {
  return TRIGGERS.some((each) => each === trigger);
}
