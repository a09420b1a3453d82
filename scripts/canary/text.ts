import type { CanaryStack } from '../../src/canary/find-stack.ts';
import type { CanaryPoolFacts } from '../../src/canary/pool-facts.ts';
import type { CanaryReport, CanaryStep, LeftBehind, StepReport } from '../../src/canary/types.ts';
import { plural } from '../shared/text.ts';

const STEPS: Record<CanaryStep, string> = {
  sign_up: 'sign-up: a user who signs up and is confirmed is in WorkOS',
  sign_in: 'sign-in: the new name of a user who signs in is in WorkOS',
  squatter: "squatter: an address that is not proved changes nothing of its owner's in WorkOS",
  password: 'password: the password of Cognito opens the account at WorkOS',
};
const RESULTS: Record<StepReport['result'], string> = {
  arrived: 'arrived',
  unchanged: 'unchanged',
  failed: 'FAILED',
  not_proved: 'not proved',
};

/** What the run is about to make, and who will see it: on stderr, below the banner. */
export function plannedToLines(
  facts: CanaryPoolFacts,
  stack: CanaryStack | undefined,
  mailbox: string,
): string[] {
  const { mails } = facts;
  const quota = mails.fromCognito
    ? ', of the 50 that Cognito sends a day for the whole account'
    : ' through SES';
  const lines = [
    ['makes', 'an app client and 2 users in the pool, 2 users in WorkOS; removes them again'],
    [
      'mail',
      `${mails.count === 0 ? 'none' : `${plural(mails.count, 'mail')} to ${mailbox}${quota}`}`,
    ],
    ['seen by', seenBy(stack)],
  ];
  return lines.map(([side = '', text = '']) => `  ${side.padEnd(10)}${text}`);
}

function seenBy(stack: CanaryStack | undefined): string {
  const chained = stack?.chained ?? [];
  const functions = chained.length > 0 ? `${chained.join(', ')} (chained); ` : '';
  return `${functions}every trigger of the pool (clientMetadata cws_canary), and WorkOS's webhooks`;
}

export function beginToLine(step: CanaryStep, deadlineSeconds: number): string {
  return `${STEPS[step]} … (at most ${deadlineSeconds} s)`;
}

/** The result, for a person. */
export function reportToLines(report: CanaryReport, removeWith: string): string[] {
  const { end, steps, left } = report;
  const verdicts = {
    proved: 'The live path works: all of it has arrived, and what was made is removed.',
    partly: 'What could be tried has arrived; not all could be tried.',
    failed: 'The live path does not work as it should.',
    stopped: 'Stopped.',
  };
  return [...steps.flatMap(stepToLines), '', verdicts[end], ...leftToLines(left, removeWith)];
}

function stepToLines({ step, result, seconds, deadlineSeconds, reason }: StepReport): string[] {
  const time = seconds === null ? '' : `${seconds.toFixed(1)} s of ${deadlineSeconds} s`;
  return [
    `  ${RESULTS[result].padEnd(12)}${time.padEnd(16)}${STEPS[step]}`,
    ...(reason === null ? [] : [`${' '.repeat(14)}${reason}`]),
  ];
}

const KINDS: Record<LeftBehind['kind'], string> = {
  app_client: 'app client',
  cognito_user: 'Cognito user',
  workos_user: 'WorkOS user',
};

/** @param removeWith the command that removes the rest. */
export function leftToLines(left: readonly LeftBehind[], removeWith: string): string[] {
  if (left.length === 0) return [];
  const lines = left.map(({ kind, id, reason }) => `  ${KINDS[kind]} ${id}: ${reason}`);
  return ['Left behind:', ...lines, `${removeWith} removes it; so does the next run.`];
}
