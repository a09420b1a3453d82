import * as v from 'valibot';
import type { Environment } from '../config/environment.ts';
import { summarizeError } from '../telemetry/summarize-error.ts';
import type { Invocation } from './invoke-lambda.ts';

/**
 * Calls the function that had the trigger before ours, as Cognito would: with Cognito's event. Resolves
 * to its answer.
 *
 * @throws ChainedFunctionError as the function failed, or when it could not be called.
 */
export type ChainedFunction = (event: unknown, signal: AbortSignal) => Promise<unknown>;

/**
 * Lambda's runtime reports `name` and `message` of an error, and Cognito shows the message to the user:
 * both are the chained function's own.
 */
export class ChainedFunctionError extends Error {
  constructor(name: string, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = name;
  }
}

/** The payload of a failed invocation (Lambda developer guide, "Lambda function errors in Node.js"). */
const failureSchema = v.object({
  errorType: v.optional(v.string(), 'Error'),
  errorMessage: v.optional(v.string(), ''),
});

export function createChainedFunction(functionArn: string, env: Environment): ChainedFunction {
  // Only where a function is chained: the others need not load what calls it. Begun while the function
  // starts, when Lambda lends a whole processor.
  const invoker = import('./invoke-lambda.ts').then(({ createInvoke }) => createInvoke(env));
  invoker.catch(() => {});
  return async (event, signal) => {
    const invoke = await invoker;
    let answer: Invocation;
    try {
      answer = await invoke(functionArn, JSON.stringify(event), signal);
    } catch (cause) {
      throw couldNotCall(functionArn, cause, signal);
    }
    const { payload, isError } = answer;
    if (isError) throw toFailure(payload);
    return payload === '' ? null : JSON.parse(payload);
  };
}

/** Cognito stops the sign-in when it cannot call a trigger: so does the one that calls in its place. */
function couldNotCall(functionArn: string, cause: unknown, signal: AbortSignal): Error {
  const name = signal.aborted ? 'no answer in time' : summarizeError(cause).name;
  const message = `the function ${functionArn} could not be called: ${name}`;
  return new ChainedFunctionError('ChainedFunctionError', message, { cause });
}

function toFailure(payload: string): ChainedFunctionError {
  const { errorType, errorMessage } = v.parse(failureSchema, JSON.parse(payload));
  return new ChainedFunctionError(errorType, errorMessage);
}
