import { type AwsFailure, classifyAwsError } from '../aws/classify-aws-error.ts';

/** `unknown`: it could not be looked at, which is no reason to believe that it is bad. */
export type PreflightStatus = 'ok' | 'warn' | 'fail' | 'unknown';
/** One line each; `todo` says what to do about it. Never a secret. */
export type PreflightFinding = { status: PreflightStatus; detail: string; todo?: string };
export type PreflightCheckResult = { name: string } & PreflightFinding;
export type PreflightCheck = { name: string; run(): Promise<PreflightFinding> };

/** A fact, or why AWS did not tell it. Several checks may look at one fact. */
export type Fact<T> = { known: true; value: T } | { known: false; failure: AwsFailure };

/** No check is waited for longer, whatever hangs. */
const CHECK_DEADLINE_MS = 20_000;
/** Nor is a single call, the SDK's tries included. */
const CALL_DEADLINE_MS = 12_000;

/** Side by side; a check that fails or hangs says nothing about the others. The order stays. */
export async function runChecks(checks: PreflightCheck[]): Promise<PreflightCheckResult[]> {
  return Promise.all(
    checks.map(async ({ name, run }) => ({ name, ...(await withinDeadline(run)) })),
  );
}

async function withinDeadline(run: () => Promise<PreflightFinding>): Promise<PreflightFinding> {
  const late = Promise.withResolvers<PreflightFinding>();
  const finding: PreflightFinding = { status: 'unknown', detail: 'no answer in time' };
  const timer = setTimeout(() => late.resolve(finding), CHECK_DEADLINE_MS);
  try {
    return await Promise.race([run(), late.promise]);
  } catch (error) {
    const name = error instanceof Error ? error.name : 'unknown error';
    return { status: 'unknown', detail: `could not be checked (${name})` };
  } finally {
    clearTimeout(timer);
  }
}

/** One AWS call, never rejecting. */
export async function ask<T>(call: (signal: AbortSignal) => Promise<T>): Promise<Fact<T>> {
  try {
    return { known: true, value: await call(AbortSignal.timeout(CALL_DEADLINE_MS)) };
  } catch (error) {
    return { known: false, failure: classifyAwsError(error) };
  }
}

/** @param action as IAM names it: what to allow, should it be that. */
export function failureToFinding(failure: AwsFailure, action: string): PreflightFinding {
  switch (failure.kind) {
    case 'denied':
      return {
        status: 'unknown',
        detail: `the credentials may not ${action}`,
        todo: `allow ${action} to have this checked`,
      };
    case 'setup':
      return { status: 'unknown', detail: 'not without AWS credentials', todo: failure.problem };
    case 'transient':
      return { status: 'unknown', detail: `AWS did not answer ${action} (${failure.what})` };
    case 'unsupported':
      return { status: 'unknown', detail: `what answers here does not know ${action}` };
    case 'unknown':
      return { status: 'unknown', detail: `${action} could not be asked` };
    default:
      return { status: 'unknown', detail: `AWS refuses ${action} (${failure.name})` };
  }
}
