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
   * Starts an execution that asks for a full round, and carries on the one there is. Needs
   * states:StartExecution on the state machine.
   *
   * @returns its ARN.
   */
  start(): Promise<string>;
  /** Needs states:DescribeExecution on the execution. */
  describe(execution: string): Promise<Execution>;
};

/** The patrol's event for a round over everybody (src/patrol/patrol.ts). */
const FULL_ROUND = JSON.stringify({ full: true });

/** What Step Functions gives as the cause where a Lambda function threw (developer guide, error handling). */
const lambdaErrorSchema = v.pipe(v.string(), v.parseJson(), v.object({ errorMessage: v.string() }));

/** @param stateMachine the ARN. */
export function createExecutions(sfn: Pick<SFNClient, 'send'>, stateMachine: string): Executions {
  return {
    async start() {
      const command = new StartExecutionCommand({
        stateMachineArn: stateMachine,
        input: FULL_ROUND,
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
