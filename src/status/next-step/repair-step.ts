import type { NamedCheck } from '../check.ts';
import type { StatusFacts } from '../facts.ts';
import type { CommandTarget, NextStep } from './types.ts';

/** `phase`: absent where it is that of the migration. */
type RepairStep = Omit<NextStep, 'phase'> & Partial<Pick<NextStep, 'phase'>>;

/** What repairs a check that is `bad`; undefined where the step of the migration says it itself. */
export function repairStep(
  { name, detail }: NamedCheck,
  facts: StatusFacts,
  target: CommandTarget,
): RepairStep | undefined {
  const why = `${detail}.`;
  switch (name) {
    case 'stack':
      return repairStack(facts, target, why);
    case 'triggers':
      if (facts.triggers.known && facts.triggers.value === undefined) {
        return deploy(facts, target, why);
      }
      return {
        step: 'attach',
        title: 'Attach the triggers again',
        why: `${why} Sign-ups and sign-ins are not mirrored; find out which tool removed the function.`,
        command: `npx cws triggers ${target.deployment} --attach`,
        guide: 'commands/triggers.md',
      };
    case 'lag':
      return {
        step: 'unblock',
        title: 'Find out why messages wait',
        why: `Lag: ${why} The consumer's log says whether WorkOS is down, refuses the key or asks to slow down.`,
        command: `aws logs tail /aws/lambda/${functionName(facts, 'consumer')} --since 15m`,
        guide: 'operations.md#outages',
      };
    case 'dead_letters':
      return {
        step: 'redrive',
        title: 'Look into the dead-letter queue',
        why: `The dead-letter queue has ${why} It cannot be mirrored as it is; the command lists each reason with what to do.`,
        command: `npx cws redrive ${target.stage}`.trim(),
        guide: 'commands/redrive.md',
      };
    case 'alarms':
      return {
        step: 'alarm',
        title: 'See what the alarms say',
        why: `Raised: ${why} The table of alarms says what to do about each.`,
        guide: 'operations.md#alarms',
      };
    case 'patrol':
      return {
        step: 'patrol',
        title: 'Find out why the patrol is silent',
        why: `The patrol is ${why} Edits without a sign-in do not reach WorkOS meanwhile.`,
        command: `aws logs tail /aws/lambda/${functionName(facts, 'patrol')} --since 6h`,
        guide: 'operations.md#patrol',
      };
    case 'canary':
      return {
        step: 'canary',
        title: 'Run the canary again',
        why: `The last one ${why} The command says which step did not arrive.`,
        command: `npx cws canary ${target.pool}`,
        guide: 'runbook.md#2-dual-run-days-1-to-7',
      };
    default:
      return undefined;
  }
}

function repairStack(facts: StatusFacts, target: CommandTarget, why: string): RepairStep {
  const { stack, triggers, region } = facts;
  const name = stack.known ? stack.value?.name : undefined;
  if (name !== undefined) {
    return {
      step: 'stack',
      title: 'Find out what CloudFormation could not do',
      why: `${why} Its events say what failed; a stack in this state takes no deployment before it is put right.`,
      command: `aws cloudformation describe-stack-events --region ${region} --stack-name ${name}`,
      guide: 'deploy.md',
    };
  }
  // Perhaps another stage observes this pool: two must not.
  if (!triggers.known) {
    const guide = 'commands/status.md#permissions';
    return {
      step: 'find_out',
      title: 'Find the deployment',
      why: `${why} ${triggers.why}.`,
      guide,
    };
  }
  return deploy(facts, target, why);
}

function deploy(facts: StatusFacts, target: CommandTarget, why: string): RepairStep {
  const stage = facts.stage.known ? facts.stage.value : undefined;
  const known = stage ?? 'prod';
  return {
    step: 'deploy',
    phase: 1,
    title: 'Deploy',
    why: `${why} Once "npx cws preflight ${target.pool}" finds nothing in the way, deploy in a quiet hour.`,
    command: `npx serverless deploy --stage ${known}`,
    guide: 'runbook.md#1-prepare-day-0',
  };
}

function functionName({ stack }: StatusFacts, own: string): string {
  const name = stack.known ? stack.value?.name : undefined;
  return `${name ?? 'cognito-workos-sync-STAGE'}-${own}`;
}
