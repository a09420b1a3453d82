import type { UserPoolType } from '@aws-sdk/client-cognito-identity-provider';
import { GetRoleCommand, type IAMClient } from '@aws-sdk/client-iam';
import { ask, type Check, type Fact, type Finding, isRefusal } from './check.ts';
import { lookAtPool } from './pool.ts';

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
export function checkSmsRole(pool: PoolFact, iam: IAMClient): Check {
  return {
    name: 'sms-role',
    look: () =>
      lookAtPool(pool, async ({ SmsConfiguration }) => {
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
  return !fact.known && isRefusal(fact.failure, /^NoSuchEntity/);
}

/**
 * Whoever updates a pool with a custom sender must be allowed to create a grant on its key (Cognito
 * developer guide, Custom SMS sender Lambda trigger, step 5).
 */
export function checkCustomSenderKey(pool: PoolFact): Check {
  return {
    name: 'custom-sender-key',
    look: () =>
      lookAtPool(pool, ({ LambdaConfig }) => {
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
export function checkEmailSender(pool: PoolFact): Check {
  return {
    name: 'email-sender',
    look: () =>
      lookAtPool(pool, ({ EmailConfiguration }) => {
        if (EmailConfiguration?.EmailSendingAccount !== 'DEVELOPER') {
          return { status: 'ok', detail: "Cognito's own: nothing to give" };
        }
        const identity = EmailConfiguration.SourceArn ?? 'an identity of your own';
        return { status: 'ok', detail: `SES, ${identity}: nothing to give` };
      }),
  };
}

function needsParam(param: string, arn: string, what: string): Finding {
  return { status: 'warn', detail: `${what}: ${arn}`, todo: `deploy with --param ${param}=${arn}` };
}
