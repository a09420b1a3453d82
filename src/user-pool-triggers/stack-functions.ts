import { type Attachments, TRIGGERS, type Trigger } from '../config/pool-triggers.ts';
import { parseFunctionName, triggerToFunctionName } from './function-name.ts';
import { chainedFunction } from './triggers.ts';

/** Which functions a deployed stack may put into a pool's triggers. */
export type StackFunctions = {
  /** One of the stack's own, those of a former version of it included. */
  isOwn(functionArn: string): boolean;
  /** The very function that the stack has for this trigger. */
  isFor(trigger: Trigger, functionArn: string): boolean;
  /** Another function that the stack's parameters name to be called. */
  isChained(functionArn: string): boolean;
};

/**
 * Told by the stack's name in front of the functions' own: `…-dev-2-postConfirmation` is not of the stage
 * `dev`, because no function's own name has a hyphen.
 *
 * @param member the ARN of any function of the stack.
 * @param desired what the stack is deployed with.
 */
export function createStackFunctions(member: string, desired: Attachments): StackFunctions {
  const stack = stackOf(member);
  return {
    isOwn: (functionArn) => stack !== undefined && stackOf(functionArn) === stack,
    isFor: (trigger, functionArn) => functionArn === `${stack}${triggerToFunctionName(trigger)}`,
    isChained: (functionArn) =>
      TRIGGERS.some((trigger) => {
        const attachment = desired[trigger];
        return attachment !== undefined && chainedFunction(attachment) === functionArn;
      }),
  };
}

/** Of an ARN without version or alias: no trigger of ours has one. */
function stackOf(functionArn: string): string | undefined {
  const name = parseFunctionName(functionArn);
  return name?.qualifier === undefined ? name?.stack : undefined;
}
