import {
  DescribeExecutionCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import * as v from 'valibot';
import { callAws } from '../patrol/aws-call.ts';

/** How an execution of the patrol's state machine stands. */
export type Execution =
  | { kind: 'running' | 'succeeded' }
  /** `why`: the error and its cause, in one line. */
  | { kind: 'failed'; why: string };

/** The executions of the patrol's state machine. Both reject with PatrolAwsError, which says what to do. */
export type Executions = {
  /**
   * Starts an execution that asks for a full round and carries on the one there is, or with `carry_on` asks for none.
   * Needs states:StartExecution on the state machine.
   *
   * @returns its ARN.
   */
  start(what: 'full_round' | 'carry_on'): Promise<string>;
  /** Needs states:DescribeExecution on the execution. */
  describe(execution: string): Promise<Execution>;
};

/** The patrol's events (src/patrol/patrol.ts). */
const EVENTS = { full_round: { full: true }, carry_on: { done: false } };

/** What Step Functions gives as the cause where a Lambda function threw (developer guide, error handling). */
const lambdaErrorSchema = v.pipe(v.string(), v.parseJson(), v.object({ errorMessage: v.string() }));

/** @param stateMachine the ARN. */
export function createExecutions(sfn: Pick<SFNClient, 'send'>, stateMachine: string): Executions {
  return {
    async start(what) {
      const command = new StartExecutionCommand({
        stateMachineArn: stateMachine,
        input: JSON.stringify(EVENTS[what]),
      });
      const send = () => sfn.send(command);
      const { executionArn = '' } = await callAws('states:StartExecution', stateMachine, send);
      return executionArn;
    },
    async describe(executionArn) {
      const send = () => sfn.send(new DescribeExecutionCommand({ executionArn }));
      const answer = await callAws('states:DescribeExecution', executionArn, send);
      const { status, error = status, cause } = answer;
      switch (status) {
        case 'FAILED':
        case 'TIMED_OUT':
        case 'ABORTED':
          return { kind: 'failed', why: [error, ...toCause(cause)].join(': ') };
        case 'SUCCEEDED':
          return { kind: 'succeeded' };
        default:
          return { kind: 'running' };
      }
    },
  };
}

function toCause(cause: string | undefined): string[] {
  if (!cause) return [];
  const parsed = v.safeParse(lambdaErrorSchema, cause);
  return [parsed.success ? parsed.output.errorMessage : cause];
}
