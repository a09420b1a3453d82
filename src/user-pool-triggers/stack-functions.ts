import { type Attachments, TRIGGERS, type Trigger } from '../config/pool-triggers.ts';
import { chainedFunction } from './triggers.ts';

/** Which functions a deployed stack may put into a pool's triggers. */
export type StackFunctions = {
  /** One of the stack's own, those of a former version of it included. */
  isOwn(functionArn: string): boolean;
  /** The very function that the stack has for this trigger. */
  isFor(trigger: Trigger, functionArn: string): boolean;
  /** Somebody else's that the stack's parameters name to be called. */
  isChained(functionArn: string): boolean;
};

/** `cognito-workos-sync-<stage>-`, as the Serverless Framework names functions, and one word. */
const NAMED = /^(?<stack>arn:[\w-]+:lambda:[\w-]+:\d{12}:function:(?:[\w-]+-)?)\w+$/;

/**
 * Told by the stack's name in front of the functions' own: `…-dev-2-postConfirmation` is not of the stage
 * `dev`, because no function's own name has a hyphen.
 *
 * @param member the ARN of any function of the stack.
 * @param wanted what the stack is deployed with.
 */
export function createStackFunctions(member: string, wanted: Attachments): StackFunctions {
  const stack = NAMED.exec(member)?.groups?.stack;
  const isOwn = (functionArn: string) =>
    stack !== undefined && NAMED.exec(functionArn)?.groups?.stack === stack;
  return {
    isOwn,
    isFor: (trigger, functionArn) => functionArn === `${stack}${functionNameOf(trigger)}`,
    isChained: (functionArn) =>
      TRIGGERS.some((trigger) => {
        const want = wanted[trigger];
        return want !== undefined && chainedFunction(want) === functionArn;
      }),
  };
}

/** As serverless.yml calls it: PostConfirmation → postConfirmation. */
function functionNameOf(trigger: Trigger): string {
  return `${trigger.charAt(0).toLowerCase()}${trigger.slice(1)}`;
}
