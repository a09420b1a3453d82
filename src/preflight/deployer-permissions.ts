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
import { DEPLOYER_STATEMENTS, type DeployerStatement, type Target } from './deployer-actions.ts';

/** What IAM says of one action. `depends`: on conditions that a simulation does not know. */
type Verdict = { action: string; why: string; decision: 'allowed' | 'denied' | 'depends' };

/** Asks IAM, which simulates, whether the credentials may do what a deployment does. */
export function checkDeployer(
  iam: IAMClient,
  caller: Promise<Fact<Caller>>,
  place: { region: string; stage: string },
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
      return simulateAll(iam, principal, { ...place, partition, account });
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
  target: Target,
): Promise<PreflightFinding> {
  const facts = await Promise.all(
    DEPLOYER_STATEMENTS.map((each) =>
      ask((signal) => simulate(iam, principal, each, target, signal)),
    ),
  );
  const verdicts: Verdict[] = [];
  for (const fact of facts) {
    if (!fact.known) return failureToFinding(fact.failure, 'iam:SimulatePrincipalPolicy');
    verdicts.push(...fact.value);
  }
  return judge(verdicts, principal);
}

async function simulate(
  iam: IAMClient,
  principal: string,
  { actions, resource, why }: DeployerStatement,
  target: Target,
  abortSignal: AbortSignal,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  let marker: string | undefined;
  do {
    const command = new SimulatePrincipalPolicyCommand({
      PolicySourceArn: principal,
      ActionNames: [...actions],
      ResourceArns: [resource(target)],
      ContextEntries: [
        context('aws:RequestedRegion', target.region),
        context('iam:PassedToService', 'lambda.amazonaws.com'),
      ],
      ...(marker !== undefined && { Marker: marker }),
    });
    const answer = await iam.send(command, { abortSignal });
    for (const each of answer.EvaluationResults ?? []) verdicts.push(toVerdict(each, why));
    marker = answer.IsTruncated ? answer.Marker : undefined;
  } while (marker !== undefined);
  return verdicts;
}

function context(key: string, value: string) {
  return {
    ContextKeyName: key,
    ContextKeyType: 'string' as const,
    ContextKeyValues: [value],
  };
}

function toVerdict(result: EvaluationResult, why: string): Verdict {
  const { EvalActionName: action = 'unknown', EvalDecision, MissingContextValues = [] } = result;
  if (EvalDecision === 'allowed') return { action, why, decision: 'allowed' };
  return { action, why, decision: MissingContextValues.length > 0 ? 'depends' : 'denied' };
}

function judge(verdicts: Verdict[], principal: string): PreflightFinding {
  const denied = verdicts.filter(({ decision }) => decision === 'denied');
  const depends = verdicts.filter(({ decision }) => decision === 'depends');
  if (denied.length > 0) {
    const detail = `${principal} may not do ${denied.length} of the ${verdicts.length} things a deployment does`;
    return { status: 'fail', detail, todo: `allow ${describe(denied)}` };
  }
  if (depends.length > 0) {
    const detail = `${depends.length} of ${verdicts.length} actions depend on conditions that cannot be simulated`;
    return {
      status: 'warn',
      detail,
      todo: `see that the conditions are met for ${describe(depends)}`,
    };
  }
  return { status: 'ok', detail: `all ${verdicts.length} actions are allowed to ${principal}` };
}

/** "sqs:CreateQueue, sqs:TagQueue (the queues); …" */
function describe(verdicts: Verdict[]): string {
  const groups = Map.groupBy(verdicts, ({ why }) => why);
  return [...groups]
    .map(([why, each]) => `${each.map(({ action }) => action).join(', ')} (${why})`)
    .join('; ');
}
