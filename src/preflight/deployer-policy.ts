import { SERVICE } from '../user-pool-triggers/function-name.ts';

/** Where a deployment goes. */
export type DeploymentTarget = {
  partition: string;
  account: string;
  region: string;
  stage: string;
};

/** What a deployment does to one kind of thing, and why. */
export type DeployerStatement = {
  why: string;
  /**
   * The ARN, with `REGION`, `ACCOUNT` and `STAGE` to be filled in. What stands in braces is an example of a
   * name that the deployment gives, in place of which a policy has `*`.
   */
  resource: string;
  actions: readonly string[];
};

const STACK = `${SERVICE}-STAGE`;
const BUCKET = `${STACK}-serverlessdeploymentbu{cket-example}`;

/**
 * What `serverless deploy`, and CloudFormation in the deployer's name, need for serverless.yml; and
 * `serverless remove`, so that no stack is left that cannot be removed. The pool itself is changed by a function
 * of the stack, with a role of its own.
 */
export const DEPLOYER_STATEMENTS: readonly DeployerStatement[] = [
  {
    why: 'the stack',
    resource: regional('cloudformation', `stack/${STACK}/{00000000-0000-0000-0000-000000000000}`),
    actions: [
      'cloudformation:CreateStack',
      'cloudformation:CreateChangeSet',
      'cloudformation:DeleteChangeSet',
      'cloudformation:DeleteStack',
      'cloudformation:DescribeChangeSet',
      'cloudformation:DescribeStackEvents',
      'cloudformation:DescribeStackResource',
      'cloudformation:DescribeStacks',
      'cloudformation:ExecuteChangeSet',
      'cloudformation:GetTemplate',
      'cloudformation:ListStackResources',
      'cloudformation:UpdateStack',
    ],
  },
  {
    why: 'the validation of the template',
    resource: '*',
    actions: ['cloudformation:ValidateTemplate'],
  },
  {
    why: 'the bucket for the packages',
    resource: `arn:aws:s3:::${BUCKET}`,
    actions: [
      's3:CreateBucket',
      's3:DeleteBucket',
      's3:DeleteBucketPolicy',
      's3:GetBucketLocation',
      's3:ListBucket',
      's3:PutBucketPolicy',
      's3:PutBucketPublicAccessBlock',
      's3:PutBucketTagging',
      's3:PutEncryptionConfiguration',
    ],
  },
  {
    why: 'the packages',
    resource: `arn:aws:s3:::${BUCKET}/{serverless/package.zip}`,
    actions: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'],
  },
  {
    why: 'the functions',
    resource: regional('lambda', `function:${STACK}-{consumer}`),
    actions: [
      'lambda:AddPermission',
      'lambda:CreateFunction',
      'lambda:DeleteFunction',
      'lambda:DeleteFunctionConcurrency',
      'lambda:GetFunction',
      'lambda:InvokeFunction',
      'lambda:PutFunctionConcurrency',
      'lambda:RemovePermission',
      'lambda:TagResource',
      'lambda:UpdateFunctionCode',
      'lambda:UpdateFunctionConfiguration',
    ],
  },
  {
    why: 'the queue as the source of the consumer',
    resource: '*',
    actions: [
      'lambda:CreateEventSourceMapping',
      'lambda:DeleteEventSourceMapping',
      'lambda:GetEventSourceMapping',
      'lambda:UpdateEventSourceMapping',
    ],
  },
  {
    why: "the functions' roles",
    resource: `arn:aws:iam::ACCOUNT:role/${STACK}-{ConsumerRole-Example}`,
    actions: [
      'iam:CreateRole',
      'iam:DeleteRole',
      'iam:DeleteRolePolicy',
      'iam:GetRole',
      'iam:GetRolePolicy',
      'iam:PassRole',
      'iam:PutRolePolicy',
      'iam:TagRole',
    ],
  },
  {
    why: 'the queues',
    resource: regional('sqs', `${STACK}{.fifo}`),
    actions: [
      'sqs:CreateQueue',
      'sqs:DeleteQueue',
      'sqs:GetQueueAttributes',
      'sqs:SetQueueAttributes',
      'sqs:TagQueue',
    ],
  },
  {
    why: 'the ledger',
    resource: regional('dynamodb', `table/${STACK}-{SyncLedger}`),
    actions: [
      'dynamodb:CreateTable',
      'dynamodb:DeleteTable',
      'dynamodb:DescribeContinuousBackups',
      'dynamodb:DescribeContributorInsights',
      'dynamodb:DescribeKinesisStreamingDestination',
      'dynamodb:DescribeTable',
      'dynamodb:DescribeTimeToLive',
      'dynamodb:GetResourcePolicy',
      'dynamodb:ListTagsOfResource',
      'dynamodb:TagResource',
      'dynamodb:UntagResource',
      'dynamodb:UpdateContinuousBackups',
      'dynamodb:UpdateTable',
      'dynamodb:UpdateTimeToLive',
    ],
  },
  {
    why: "the functions' logs",
    resource: regional('logs', `log-group:/aws/lambda/${STACK}-{consumer}:*`),
    actions: [
      'logs:CreateLogGroup',
      'logs:DeleteLogGroup',
      'logs:PutRetentionPolicy',
      'logs:TagResource',
    ],
  },
  { why: "the functions' logs", resource: '*', actions: ['logs:DescribeLogGroups'] },
  {
    why: 'the alarms',
    resource: regional('cloudwatch', `alarm:${STACK}-{example}`),
    actions: [
      'cloudwatch:DeleteAlarms',
      'cloudwatch:DescribeAlarms',
      'cloudwatch:PutMetricAlarm',
      'cloudwatch:TagResource',
    ],
  },
  {
    why: 'the dashboard',
    resource: `arn:aws:cloudwatch::ACCOUNT:dashboard/${STACK}`,
    actions: ['cloudwatch:DeleteDashboards', 'cloudwatch:GetDashboard', 'cloudwatch:PutDashboard'],
  },
  {
    why: 'the rules that schedule the trigger watch and the patrol',
    resource: regional('events', `rule/${STACK}-{example}`),
    actions: [
      'events:DeleteRule',
      'events:DescribeRule',
      'events:PutRule',
      'events:PutTargets',
      'events:RemoveTargets',
      'events:TagResource',
    ],
  },
  {
    why: 'the state machine of the patrol',
    resource: regional('states', `stateMachine:${STACK}-patrol`),
    actions: [
      'states:CreateStateMachine',
      'states:DeleteStateMachine',
      'states:DescribeStateMachine',
      'states:ListTagsForResource',
      'states:TagResource',
      'states:UntagResource',
      'states:UpdateStateMachine',
    ],
  },
];

/** An ARN of the kind that IAM simulates with: nothing has to exist under that name. */
export function statementToExample(
  { resource }: DeployerStatement,
  { partition, account, region, stage }: DeploymentTarget,
): string {
  return resource
    .replace(/^arn:aws:/, `arn:${partition}:`)
    .replace(/[{}]/g, '')
    .replace(/REGION|ACCOUNT|STAGE/g, (name) => {
      return { REGION: region, ACCOUNT: account, STAGE: stage }[name] ?? name;
    });
}

/** The policy of docs/deployer-policy.json, which scripts/write-deployer-policy.ts writes. */
export function deployerPolicy() {
  return {
    Version: '2012-10-17',
    Statement: DEPLOYER_STATEMENTS.map(({ actions, resource }) => ({
      Effect: 'Allow',
      Action: actions,
      Resource: resource.replace(/\{[^}]*\}/g, '*'),
    })),
  };
}

function regional(service: string, rest: string): string {
  return `arn:aws:${service}:REGION:ACCOUNT:${rest}`;
}
