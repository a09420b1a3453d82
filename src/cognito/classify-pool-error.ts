import { classifyAwsError } from '../aws/classify-aws-error.ts';

/**
 * What an error of the Cognito API means for a run that reads users:
 *
 * - `transient`: worth another try. `answered`: whether it was Cognito that said so; `what` names it.
 * - `invalid_parameter`: which one, only the caller can tell.
 * - `fatal`: no try will ever succeed; `problem` says what to do.
 * - `unknown`: not an error of the API or of the way to it.
 */
export type PoolFailure =
  | { kind: 'transient'; what: string; answered: boolean }
  | { kind: 'invalid_parameter' | 'user_not_found' }
  | { kind: 'fatal'; problem: string }
  | { kind: 'unknown' };

/**
 * Any thrown value → what it means.
 *
 * @param action of the API, as IAM names it: `ListUsers`…
 */
export function classifyPoolError(error: unknown, action: string, userPoolId: string): PoolFailure {
  const failure = classifyAwsError(error);
  switch (failure.kind) {
    case 'invalid_parameter':
    case 'unknown':
      return { kind: failure.kind };
    case 'transient':
      return failure;
    case 'setup':
      return { kind: 'fatal', problem: failure.problem };
    case 'denied':
      return {
        kind: 'fatal',
        problem: `the AWS credentials may not do this: allow cognito-idp:${action} on the user pool ${userPoolId}`,
      };
    case 'not_found':
      if (failure.name === 'UserNotFoundException') return { kind: 'user_not_found' };
      return {
        kind: 'fatal',
        problem: `there is no user pool ${userPoolId} in this AWS account and region: check the id, the region and the credentials`,
      };
    case 'condition_failed':
    case 'concurrent_change':
    case 'unsupported':
    case 'refused':
      return { kind: 'fatal', problem: `Cognito refuses ${action}: ${failure.name}` };
  }
}
