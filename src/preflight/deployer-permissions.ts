import {
  type EvaluationResult,
  GetRoleCommand,
  type IAMClient,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import type { Caller } from './caller.ts';
import {
  ask,
  type Fact,
  failureToFinding,
  type PreflightCheck,
  type PreflightFinding,
} from './check.ts';
import {
  type DeployerStatement,
  type DeploymentTarget,
  neededStatements,
  statementToExample,
} from './deployer-policy.ts';

/** What IAM says of one action. `depends`: on conditions that a simulation does not know. */
type SimulatedAction = { action: string; why: string; decision: 'allowed' | 'denied' | 'depends' };

/** Asks IAM, which simulates, whether the credentials may do what a deployment does. */
export function checkDeployer(
  iam: IAMClient,
  caller: Promise<Fact<Caller>>,
  deployment: { region: string; stage: string; carryPasswords: boolean },
): PreflightCheck {
  return {
    name: 'deployer-permissions',
    async run() {
      const fact = await caller;
      if (!fact.known)
        return { status: 'unknown', detail: 'not without knowing who asks (see credentials)' };
      const { arn, account } = fact.value;
      const principal = await principalOf(iam, arn);
      if (principal === undefined) {
        return { status: 'unknown', detail: `IAM cannot simulate the permissions of ${arn}` };
      }
      const partition = arn.split(':')[1] ?? 'aws';
      const { region, stage } = deployment;
      const target = { partition, account, region, stage };
      return simulateAll(iam, principal, neededStatements(deployment), target);
    },
  };
}

/**
 * IAM simulates users and roles. The ARN of an assumed role leaves out the role's path, as all roles
 * of IAM Identity Center have one; the role itself tells it.
 */
async function principalOf(iam: IAMClient, arn: string): Promise<string | undefined> {
  const [, partition, service, , account, rest = ''] = arn.split(':');
  const [kind, name] = rest.split('/');
  if (service === 'iam' && kind === 'user') return arn;
  if (service !== 'sts' || kind !== 'assumed-role' || !name) return undefined;
  const command = new GetRoleCommand({ RoleName: name });
  const role = await ask((abortSignal) => iam.send(command, { abortSignal }));
  const known = role.known ? role.value.Role?.Arn : undefined;
  return known ?? `arn:${partition}:iam::${account}:role/${name}`;
}

async function simulateAll(
  iam: IAMClient,
  principal: string,
  statements: readonly DeployerStatement[],
  target: DeploymentTarget,
): Promise<PreflightFinding> {
  const facts = await Promise.all(
    statements.map((each) => ask((signal) => simulate(iam, principal, each, target, signal))),
  );
  const simulated: SimulatedAction[] = [];
  for (const fact of facts) {
    if (!fact.known) return failureToFinding(fact.failure, 'iam:SimulatePrincipalPolicy');
    simulated.push(...fact.value);
  }
  return judge(simulated, principal);
}

async function simulate(
  iam: IAMClient,
  principal: string,
  statement: DeployerStatement,
  target: DeploymentTarget,
  abortSignal: AbortSignal,
): Promise<SimulatedAction[]> {
  const simulated: SimulatedAction[] = [];
  let marker: string | undefined;
  do {
    const command = new SimulatePrincipalPolicyCommand({
      PolicySourceArn: principal,
      ActionNames: [...statement.actions],
      ResourceArns: [statementToExample(statement, target)],
      ContextEntries: [
        context('aws:RequestedRegion', target.region),
        context('iam:PassedToService', 'lambda.amazonaws.com'),
      ],
      ...(marker !== undefined && { Marker: marker }),
    });
    const answer = await iam.send(command, { abortSignal });
    for (const each of answer.EvaluationResults ?? [])
      simulated.push(toDecision(each, statement.why));
    marker = answer.IsTruncated ? answer.Marker : undefined;
  } while (marker !== undefined);
  return simulated;
}

function context(key: string, value: string) {
  return {
    ContextKeyName: key,
    ContextKeyType: 'string' as const,
    ContextKeyValues: [value],
  };
}

function toDecision(result: EvaluationResult, why: string): SimulatedAction {
  const { EvalActionName: action = 'unknown', EvalDecision, MissingContextValues = [] } = result;
  if (EvalDecision === 'allowed') return { action, why, decision: 'allowed' };
  return { action, why, decision: MissingContextValues.length > 0 ? 'depends' : 'denied' };
}

function judge(simulated: SimulatedAction[], principal: string): PreflightFinding {
  const denied = simulated.filter(({ decision }) => decision === 'denied');
  const depends = simulated.filter(({ decision }) => decision === 'depends');
  if (denied.length > 0) {
    const detail = `${principal} may not do ${denied.length} of the ${simulated.length} things a deployment does`;
    return { status: 'fail', detail, todo: `allow ${describe(denied)}` };
  }
  if (depends.length > 0) {
    const detail = `${depends.length} of ${simulated.length} actions depend on conditions that cannot be simulated`;
    return {
      status: 'warn',
      detail,
      todo: `see that the conditions are met for ${describe(depends)}`,
    };
  }
  return { status: 'ok', detail: `all ${simulated.length} actions are allowed to ${principal}` };
}

/** "sqs:CreateQueue, sqs:TagQueue (the queues); …" */
function describe(simulated: SimulatedAction[]): string {
  const groups = Map.groupBy(simulated, ({ why }) => why);
  return [...groups]
    .map(([why, each]) => `${each.map(({ action }) => action).join(', ')} (${why})`)
    .join('; ');
}
