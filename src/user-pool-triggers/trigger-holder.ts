import { TRIGGERS, type Trigger } from '../config/pool-triggers.ts';
import { parseFunctionName, triggerToFunctionName } from './function-name.ts';
import { toJson } from './pool-settings.ts';

/** The functions in a pool's triggers: all that this project looks at of LambdaConfig. */
export type PoolTriggers = Partial<Record<Trigger, string>>;

/**
 * Which function Cognito calls at a trigger:
 *
 * - `ours`: the one of this deployment. Only then is the trigger attached.
 * - `other_stage`: the one that another stage of this service has for this trigger.
 * - `foreign`: any other function.
 * - `empty`: none.
 */
export type TriggerHolder =
  | { kind: 'ours' | 'foreign'; functionArn: string }
  | { kind: 'other_stage'; functionArn: string; stage: string }
  | { kind: 'empty' };

/**
 * What tells our function from the others: its ARN where the deployment is known, otherwise its name, which
 * is made of the stage. Without a stage no function is ours.
 */
export type OwnFunction = { functionArn: string } | { stage: string | undefined };

/** The one answer to the question whether a trigger is attached. */
export function toTriggerHolder(
  trigger: Trigger,
  functionArn: string | undefined,
  own: OwnFunction,
): TriggerHolder {
  if (functionArn === undefined) return { kind: 'empty' };
  const stage = stageAt(trigger, functionArn);
  if ('functionArn' in own) {
    if (functionArn === own.functionArn) return { kind: 'ours', functionArn };
    const isSameStage = stage === parseFunctionName(own.functionArn)?.stage;
    return stage === undefined || isSameStage
      ? { kind: 'foreign', functionArn }
      : { kind: 'other_stage', functionArn, stage };
  }
  if (stage === undefined) return { kind: 'foreign', functionArn };
  return stage === own.stage
    ? { kind: 'ours', functionArn }
    : { kind: 'other_stage', functionArn, stage };
}

/** The stages of this service that the pool calls, each once. */
export function attachedStages(triggers: PoolTriggers): string[] {
  const stages = TRIGGERS.flatMap((trigger) => {
    const functionArn = triggers[trigger];
    return functionArn === undefined ? [] : (stageAt(trigger, functionArn) ?? []);
  });
  return [...new Set(stages)];
}

/** The stage whose function for this very trigger it is. */
function stageAt(trigger: Trigger, functionArn: string): string | undefined {
  const name = parseFunctionName(functionArn);
  return name?.own === triggerToFunctionName(trigger) ? name.stage : undefined;
}

/** A described pool → the functions in its triggers. */
export function poolToTriggers(pool: object): PoolTriggers {
  const config = toJson(toJson(pool).LambdaConfig);
  const entries = TRIGGERS.flatMap((trigger) => {
    const arn = config[trigger];
    return typeof arn === 'string' && arn !== '' ? [[trigger, arn] as const] : [];
  });
  return Object.fromEntries(entries);
}
