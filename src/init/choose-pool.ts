import type { AwsFailure } from '../aws/classify-aws-error.ts';
import { OperatorError } from '../operator-error.ts';
import type { ListedUserPool } from './list-user-pools.ts';

/** The stage's file cannot be proposed; the message is one line that says what to do. */
export class InitError extends OperatorError {
  override name = 'InitError';
}

/** Control characters: a name may hold some that write over the terminal. */
const UNSEEN = /[\p{Cc}\p{Cf}]/gu;
/** So many pools are named in an error. */
const NAMED = 20;

/**
 * The region in which the pool is, or is looked for: the option's, the pool's, the environment's.
 *
 * @throws InitError where they contradict each other, or nothing says it.
 */
export function chooseRegion(given: {
  userPoolId?: string;
  region?: string;
  /** `AWS_REGION` or `AWS_DEFAULT_REGION`. */
  environment?: string;
}): string {
  const { userPoolId, region, environment } = given;
  const ofPool = userPoolId?.split('_')[0];
  const asked = region ?? environment;
  if (ofPool !== undefined && asked !== undefined && ofPool !== asked) {
    const source = region === undefined ? 'AWS_REGION' : '--region';
    throw new InitError(
      `the user pool ${userPoolId} is in ${ofPool}, and ${source} says ${asked}: give --region ${ofPool}`,
    );
  }
  const chosen = ofPool ?? asked;
  if (chosen !== undefined) return chosen;
  throw new InitError('which region? Give --region or --user-pool-id, or set AWS_REGION');
}

/**
 * The only pool of the region, or all of them for a question.
 *
 * @throws InitError where there is none.
 */
export function poolsToChoice(
  pools: readonly ListedUserPool[],
  region: string,
): { kind: 'only'; pool: ListedUserPool } | { kind: 'several'; pools: readonly ListedUserPool[] } {
  const [pool] = pools;
  if (!pool) {
    throw new InitError(
      `there is no user pool in ${region}: give another --region, or the credentials of the account that has it`,
    );
  }
  return pools.length === 1 ? { kind: 'only', pool } : { kind: 'several', pools };
}

/** For a run that cannot ask. */
export function severalPools(pools: readonly ListedUserPool[], region: string): InitError {
  const named = pools.slice(0, NAMED).map(({ id, name }) => `${id} (${name.replace(UNSEEN, '?')})`);
  const more = pools.length > NAMED ? `, and ${pools.length - NAMED} more` : '';
  return new InitError(
    `there are ${pools.length} user pools in ${region}: give --user-pool-id with one of ${named.join(', ')}${more}`,
  );
}

/** @param action as IAM names it. */
export function failureToInitError(
  failure: AwsFailure,
  context: { action: string; region: string; userPoolId?: string },
): InitError {
  const { action, region, userPoolId } = context;
  switch (failure.kind) {
    case 'denied':
      return new InitError(
        userPoolId === undefined
          ? `the AWS credentials may not list the user pools of ${region}: allow ${action}, or give --user-pool-id`
          : `the AWS credentials may not describe the user pool ${userPoolId}: allow ${action}`,
      );
    case 'setup':
      return new InitError(failure.problem);
    case 'not_found':
      return new InitError(
        `there is no user pool ${userPoolId} in this AWS account: check the id and the credentials`,
      );
    case 'transient':
      return new InitError(
        `Cognito cannot be reached in ${region} (${failure.what}): check the network and the name of the region`,
      );
    case 'unknown':
      return new InitError(
        `${action} could not be asked in ${region}: check the name of the region`,
      );
    case 'invalid_parameter':
    case 'condition_failed':
    case 'concurrent_change':
    case 'unsupported':
    case 'refused':
      return new InitError(`Cognito refuses ${action} (${failure.name})`);
  }
}
