import type { InvokeCommandOutput } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { summarizeError } from '../aws-error.ts';

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

/** A second try fits into Cognito's five seconds only when the first one could not even be sent. */
const MAXIMUM_ATTEMPTS = 2;

export function createChainedFunction(functionArn: string): ChainedFunction {
  // Only where a function is chained: the others need not load the client. Begun while the function
  // starts, when Lambda lends a whole processor.
  const client = loadClient();
  client.catch(() => {});
  return async (event, signal) => {
    const { lambda, InvokeCommand } = await client;
    let output: InvokeCommandOutput;
    try {
      const command = new InvokeCommand({
        FunctionName: functionArn,
        Payload: JSON.stringify(event),
      });
      output = await lambda.send(command, { abortSignal: signal });
    } catch (cause) {
      throw couldNotCall(functionArn, cause, signal);
    }
    const payload = output.Payload?.transformToString() ?? '';
    if (output.FunctionError !== undefined) throw toFailure(payload);
    return payload === '' ? null : JSON.parse(payload);
  };
}

async function loadClient() {
  const { InvokeCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  const requestHandler = { connectionTimeout: 1_000 };
  const lambda = new LambdaClient({ requestHandler, maxAttempts: MAXIMUM_ATTEMPTS });
  return { lambda, InvokeCommand };
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
