import type { Trigger } from '../config/pool-triggers.ts';

/** `service` of serverless.yml: stacks are `<service>-<stage>`, functions `<service>-<stage>-<function>`. */
export const SERVICE = 'cognito-workos-sync';

export type FunctionName = {
  /** Everything in front of the function's own name: where it runs, and the stack's name with a hyphen. */
  stack: string;
  /** The stage; absent where the function is not of this service. */
  stage?: string;
  /** As serverless.yml calls it: no name there has a hyphen, so a stage may have some. */
  own: string;
  /** The version or alias, where the ARN names one. */
  qualifier?: string;
};

const FUNCTION =
  /^(?<stack>(?:arn:[\w-]+:lambda:[\w-]+:\d{12}:function:)?(?:[\w-]+-)?)(?<own>\w+)(?::(?<qualifier>[\w$-]+))?$/;
const STACK = new RegExp(`(?:^|:)${SERVICE}-(?<stage>[\\w-]+)-$`);

/** A function's name or ARN → its parts; undefined for what is neither. */
export function parseFunctionName(text: string): FunctionName | undefined {
  const { stack, own, qualifier } = FUNCTION.exec(text)?.groups ?? {};
  if (stack === undefined || own === undefined) return undefined;
  const stage = STACK.exec(stack)?.groups?.stage;
  return {
    stack,
    own,
    ...(stage !== undefined && { stage }),
    ...(qualifier !== undefined && { qualifier }),
  };
}

/** As serverless.yml calls the function of a trigger: PostConfirmation → postConfirmation. */
export function triggerToFunctionName(trigger: Trigger): string {
  return `${trigger.charAt(0).toLowerCase()}${trigger.slice(1)}`;
}
