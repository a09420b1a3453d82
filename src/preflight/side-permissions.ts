import type { UserPoolType } from '@aws-sdk/client-cognito-identity-provider';
import { GetRoleCommand, type IAMClient } from '@aws-sdk/client-iam';
import { ask, type Fact, type PreflightCheck, type PreflightFinding } from './check.ts';
import { withPool } from './pool.ts';

/**
 * UpdateUserPool resets what it is not given, so attaching the triggers sends the pool's own settings
 * back (FACTS, Cognito), and some of them AWS takes only from somebody who may hand them on.
 */
type PoolFact = Promise<Fact<UserPoolType>>;

/**
 * The role that sends SMS is passed again (IAM user guide, iam:PassRole), and Cognito looks at it again:
 * where it is gone, no change of the pool is possible (UpdateUserPool,
 * InvalidSmsRoleTrustRelationshipException).
 */
export function checkSmsRole(pool: PoolFact, iam: IAMClient): PreflightCheck {
  return {
    name: 'sms-role',
    run: () =>
      withPool(pool, async ({ SmsConfiguration }) => {
        const arn = SmsConfiguration?.SnsCallerArn;
        if (!arn) return { status: 'ok', detail: 'the pool sends no SMS' };
        if (await isGone(iam, arn)) {
          return {
            status: 'fail',
            detail: `the pool's SMS role does not exist: ${arn}; Cognito refuses every change of the pool`,
            todo: "make the role again, or give the pool another one, in the pool's SMS settings",
          };
        }
        return needsParam('smsRoleArn', arn, 'the pool sends SMS with a role');
      }),
  };
}

async function isGone(iam: IAMClient, roleArn: string): Promise<boolean> {
  const RoleName = roleArn.split('/').at(-1) ?? roleArn;
  const fact = await ask((abortSignal) =>
    iam.send(new GetRoleCommand({ RoleName }), { abortSignal }),
  );
  return !fact.known && fact.failure.kind === 'not_found';
}

/**
 * Whoever updates a pool with a custom sender must be allowed to create a grant on its key (Cognito
 * developer guide, Custom SMS sender Lambda trigger, step 5).
 */
export function checkCustomSenderKey(pool: PoolFact): PreflightCheck {
  return {
    name: 'custom-sender-key',
    run: () =>
      withPool(pool, ({ LambdaConfig }) => {
        const { CustomEmailSender, CustomSMSSender, KMSKeyID } = LambdaConfig ?? {};
        if (!KMSKeyID) return { status: 'ok', detail: 'the pool has no custom sender' };
        const what =
          CustomEmailSender || CustomSMSSender
            ? 'the pool has a custom sender with a KMS key'
            : 'the pool has a KMS key for custom senders';
        return needsParam('customSenderKmsKeyArn', KMSKeyID, what);
      }),
  };
}

/**
 * Sending through SES needs a service-linked role, made when the pool was set to it (Cognito developer
 * guide, Using service-linked roles): it is there already.
 */
export function checkEmailSender(pool: PoolFact): PreflightCheck {
  return {
    name: 'email-sender',
    run: () =>
      withPool(pool, ({ EmailConfiguration }) => {
        if (EmailConfiguration?.EmailSendingAccount !== 'DEVELOPER') {
          return { status: 'ok', detail: "Cognito's own: nothing to give" };
        }
        const identity = EmailConfiguration.SourceArn ?? 'an identity of your own';
        return { status: 'ok', detail: `SES, ${identity}: nothing to give` };
      }),
  };
}

function needsParam(param: string, arn: string, what: string): PreflightFinding {
  return { status: 'warn', detail: `${what}: ${arn}`, todo: `deploy with --param ${param}=${arn}` };
}
