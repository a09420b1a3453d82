import { SERVICE } from '../user-pool-triggers/function-name.ts';

/** Where a deployment goes. */
export type Target = { partition: string; account: string; region: string; stage: string };

/** What a deployment does to one kind of thing, and why. */
export type DeployerStatement = {
  why: string;
  resource(target: Target): string;
  actions: readonly string[];
};

/**
 * What `serverless deploy`, and CloudFormation in the deployer's name, need for serverless.yml; and
 * `serverless remove`, so that nobody is left with a stack that cannot be removed. The pool itself is
 * changed by a function of the stack, with a role of its own. Resources are examples of the names
 * that the deployment gives: the simulation needs no existing ones.
 */
export const DEPLOYER_STATEMENTS: readonly DeployerStatement[] = [
  {
    why: 'the stack',
    resource: (to) =>
      regional(
        to,
        'cloudformation',
        `stack/${SERVICE}-${to.stage}/00000000-0000-0000-0000-000000000000`,
      ),
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
      'cloudformation:ListStackResources',
      'cloudformation:UpdateStack',
    ],
  },
  {
    why: 'the template, looked at before it is used',
    resource: () => '*',
    actions: ['cloudformation:ValidateTemplate'],
  },
  {
    why: 'the bucket for the packages',
    resource: (to) => `arn:${to.partition}:s3:::${bucket(to)}`,
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
    resource: (to) => `arn:${to.partition}:s3:::${bucket(to)}/serverless/package.zip`,
    actions: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'],
  },
  {
    why: 'the functions',
    resource: (to) => regional(to, 'lambda', `function:${SERVICE}-${to.stage}-consumer`),
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
    resource: () => '*',
    actions: [
      'lambda:CreateEventSourceMapping',
      'lambda:DeleteEventSourceMapping',
      'lambda:GetEventSourceMapping',
      'lambda:UpdateEventSourceMapping',
    ],
  },
  {
    why: "the functions' roles",
    resource: (to) =>
      `arn:${to.partition}:iam::${to.account}:role/${SERVICE}-${to.stage}-ConsumerRole-Example`,
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
    resource: (to) => regional(to, 'sqs', `${SERVICE}-${to.stage}.fifo`),
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
    resource: (to) => regional(to, 'dynamodb', `table/${SERVICE}-${to.stage}-SyncLedger`),
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
    resource: (to) =>
      regional(to, 'logs', `log-group:/aws/lambda/${SERVICE}-${to.stage}-consumer:*`),
    actions: [
      'logs:CreateLogGroup',
      'logs:DeleteLogGroup',
      'logs:PutRetentionPolicy',
      'logs:TagResource',
    ],
  },
  { why: "the functions' logs", resource: () => '*', actions: ['logs:DescribeLogGroups'] },
  {
    why: 'the alarms',
    resource: (to) => regional(to, 'cloudwatch', `alarm:${SERVICE}-${to.stage}-example`),
    actions: [
      'cloudwatch:DeleteAlarms',
      'cloudwatch:DescribeAlarms',
      'cloudwatch:PutMetricAlarm',
      'cloudwatch:TagResource',
    ],
  },
  {
    why: 'the dashboard',
    resource: (to) =>
      `arn:${to.partition}:cloudwatch::${to.account}:dashboard/${SERVICE}-${to.stage}`,
    actions: ['cloudwatch:DeleteDashboards', 'cloudwatch:GetDashboard', 'cloudwatch:PutDashboard'],
  },
  {
    why: 'the rule that looks after the triggers',
    resource: (to) => regional(to, 'events', `rule/${SERVICE}-${to.stage}-example`),
    actions: [
      'events:DeleteRule',
      'events:DescribeRule',
      'events:PutRule',
      'events:PutTargets',
      'events:RemoveTargets',
      'events:TagResource',
    ],
  },
];

function regional({ partition, region, account }: Target, service: string, rest: string): string {
  return `arn:${partition}:${service}:${region}:${account}:${rest}`;
}

function bucket({ stage }: Target): string {
  return `${SERVICE}-${stage}-serverlessdeploymentbucket-example`;
}
