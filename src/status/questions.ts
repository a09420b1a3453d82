import { readQueueDepth } from '../aws/queue-depth.ts';
import { stackName } from '../stage/stack-outputs.ts';
import { type Deployment, findDeployments } from '../user-pool-triggers/find-deployment.ts';
import type { AlarmFact, MetricFact, StackFact, Told } from './facts.ts';
import type { LookDependencies } from './look-dependencies.ts';
import { createRemember } from './remember.ts';
import { readAccount } from './sources/account.ts';
import { readAlarms } from './sources/alarms.ts';
import { type MetricQuestion, readMetrics } from './sources/metrics.ts';
import { readPool } from './sources/pool.ts';
import { findStack } from './sources/stack.ts';
import { createTell } from './tell.ts';

/** Milliseconds. The deployment changes seldom, and CloudWatch charges for each metric that is read. */
const KEEP_MS = 60_000;
const KEEP_ACCOUNT_MS = 24 * 3_600_000;

/** What a look asks each service, with the permission that it needs. No question rejects. */
export function createQuestions({ userPoolId, clients, now, deadlineMs }: LookDependencies) {
  const tell = createTell(now, deadlineMs);
  const account = createRemember<string>(KEEP_ACCOUNT_MS);
  const deployments = createRemember<Deployment[]>(KEEP_MS);
  const stack = createRemember<StackFact | undefined>(KEEP_MS);
  const metrics = createRemember<MetricFact>(KEEP_MS);
  return {
    account: () =>
      account('', () =>
        tell('sts:GetCallerIdentity', (signal) => readAccount(clients.sts, signal)),
      ),
    pool: () =>
      tell('cognito-idp:DescribeUserPool', (signal) =>
        readPool(clients.cognito, userPoolId, signal),
      ),
    deployments: () =>
      deployments('', () =>
        tell('lambda:ListFunctions', (signal) =>
          findDeployments(clients.lambda, userPoolId, signal),
        ),
      ),
    stack: (stage: string) =>
      stack(stage, () =>
        tell('cloudformation:DescribeStacks', (signal) =>
          findStack(clients.cloudFormation, stage, signal),
        ),
      ),
    depth: (url: string) =>
      tell('sqs:GetQueueAttributes', (signal) => readQueueDepth(clients.sqs, url, signal)),
    alarms: async (stage: string | undefined): Promise<Told<AlarmFact>> =>
      stage === undefined
        ? { known: false, why: 'nothing is deployed' }
        : tell('cloudwatch:DescribeAlarms', (signal) =>
            readAlarms(clients.cloudWatch, stackName(stage), signal),
          ),
    metrics: (asked: Omit<MetricQuestion, 'now'>) =>
      metrics(JSON.stringify(asked), () =>
        tell('cloudwatch:GetMetricData', (signal) =>
          readMetrics(clients.cloudWatch, { ...asked, now: now() }, signal),
        ),
      ),
    /** Of the ledger's table. */
    item: <T>(read: () => Promise<T>) => tell('dynamodb:GetItem', read),
  };
}
