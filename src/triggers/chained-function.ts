import * as v from 'valibot';
import type { Environment } from '../config/environment.ts';
import { summarizeError } from '../telemetry/summarize-error.ts';
import type { InvocationResult } from './invoke-lambda.ts';

/**
 * Calls the function that had the trigger before ours, with Cognito's event, as Cognito would. Resolves to
 * its answer.
 *
 * @param signal aborts while there is still time to report that the function did not answer.
 * @throws ChainedFunctionError with the error of the function, or when it could not be called.
 */
type ChainedFunction = (event: unknown, signal: AbortSignal) => Promise<unknown>;

/**
 * The error of a chained function. Lambda's runtime reports an error's `name` and `message`, and Cognito
 * shows the message to the user, so both are those of the chained function.
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

/**
 * @param functionArn the function to call.
 * @param env see `createInvoke`.
 */
export function createChainedFunction(functionArn: string, env: Environment): ChainedFunction {
  // Loaded only where a function is chained, and while the function starts, when Lambda gives it a whole
  // processor.
  const invoker = import('./invoke-lambda.ts').then(({ createInvoke }) => createInvoke(env));
  invoker.catch(() => {});
  return async (event, signal) => {
    const invoke = await invoker;
    let answer: InvocationResult;
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

/** Cognito stops the sign-in when it cannot call a trigger, so this does too. */
function couldNotCall(functionArn: string, cause: unknown, signal: AbortSignal): Error {
  const name = signal.aborted ? 'no answer in time' : summarizeError(cause).name;
  const message = `the function ${functionArn} could not be called: ${name}`;
  return new ChainedFunctionError('ChainedFunctionError', message, { cause });
}

function toFailure(payload: string): ChainedFunctionError {
  const { errorType, errorMessage } = v.parse(failureSchema, JSON.parse(payload));
  return new ChainedFunctionError(errorType, errorMessage);
}
