import {
  InvalidLambdaResponseError,
  UnexpectedLambdaExceptionError,
  UserLambdaValidationError,
} from './cognito-local.ts';

export type TriggerName = 'PreAuthentication' | 'PostAuthentication' | 'PostConfirmation';

export type TriggerCall = {
  trigger: TriggerName;
  triggerSource: string;
  userPoolId: string;
  clientId: string;
  userName: string;
  request: Record<string, unknown>;
};

export type CallTrigger = (call: TriggerCall) => Promise<void>;

/** Cognito waits this long for a trigger, cold start included, and calls three times at most. */
const TRIGGER_TIMEOUT_MS = 5000;
const TRIGGER_CALLS = 3;

/**
 * Calls Lambda triggers as Cognito does (AWS developer guide, "Customizing user pool workflows with
 * Lambda triggers"): the common event of version 1, synchronously, again when there is no answer in
 * time. Rejects with what Cognito would tell the user.
 *
 * @param functions the function attached to each trigger; a trigger without one is not called.
 */
export function createTriggerCaller(options: {
  lambdaUrl: string;
  region: string;
  functions: Partial<Record<TriggerName, string>>;
}): CallTrigger {
  return async ({ trigger, triggerSource, userPoolId, clientId, userName, request }) => {
    const functionName = options.functions[trigger];
    if (!functionName) return;
    const event = {
      version: '1',
      region: options.region,
      userPoolId,
      userName,
      callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId },
      triggerSource,
      request,
      response: {},
    };
    const { failed, answer } = await invoke(options.lambdaUrl, functionName, event);
    if (failed) {
      const { errorMessage = 'unknown' } = (answer ?? {}) as { errorMessage?: string };
      throw new UserLambdaValidationError(`${trigger} failed with error ${errorMessage}.`);
    }
    const isEvent = typeof answer === 'object' && answer !== null && 'response' in answer;
    if (!isEvent) throw new InvalidLambdaResponseError();
  };
}

async function invoke(lambdaUrl: string, functionName: string, event: unknown) {
  const url = `${lambdaUrl}/2015-03-31/functions/${functionName}/invocations`;
  for (let call = 1; call <= TRIGGER_CALLS; call++) {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'x-amz-invocation-type': 'RequestResponse' },
        body: JSON.stringify(event),
        signal: AbortSignal.timeout(TRIGGER_TIMEOUT_MS),
      });
      if (!response.ok) break;
      const answer: unknown = await response.json();
      return { failed: response.headers.has('x-amz-function-error'), answer };
    } catch (error) {
      const timedOut = error instanceof Error && error.name === 'TimeoutError';
      if (!timedOut) break;
    }
  }
  throw new UnexpectedLambdaExceptionError();
}
