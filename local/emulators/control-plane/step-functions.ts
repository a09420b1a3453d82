import { executePatrol } from '../../patrol.ts';
import { LambdaFunctionError } from '../lambda/sandboxes.ts';
import { type Actions, AwsError, type LocalStateMachine } from './types.ts';

type Execution = {
  executionArn: string;
  stateMachineArn: string;
  name: string;
  startDate: number;
  input: string;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED';
  stopDate?: number;
  output?: string;
  error?: string;
  cause?: string;
};

/**
 * Step Functions (API reference: StartExecution, DescribeExecution) for the one state machine of
 * serverless/patrol.yml: the function is invoked with what it returned last until it answers `done`, after
 * `waitSeconds` where it says so. Its retries are left out: an error ends the execution at once.
 */
export function createStepFunctions(machines: readonly LocalStateMachine[]): {
  actions: Actions;
  /** Ends the executions after the invocation that is running. */
  close(): Promise<void>;
} {
  const executions = new Map<string, Execution>();
  const running = new Set<Promise<void>>();
  const closing = new AbortController();
  let started = 0;

  function startExecution(input: Record<string, unknown>) {
    const machine = findMachine(machines, String(input.stateMachineArn ?? ''));
    const { name = `run-${++started}`, input: text = '{}' } = input;
    if (typeof name !== 'string' || !/^[\w-]{1,80}$/.test(name)) throw invalid('InvalidName');
    const event = parseInput(text);
    const executionArn = `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`;
    const before = executions.get(executionArn);
    if (before && (before.status !== 'RUNNING' || before.input !== text)) {
      throw invalid('ExecutionAlreadyExists');
    }
    if (before) return { executionArn, startDate: before.startDate };
    const startDate = Date.now() / 1000;
    const execution: Execution = {
      executionArn,
      stateMachineArn: machine.arn,
      name,
      startDate,
      input: String(text),
      status: 'RUNNING',
    };
    executions.set(executionArn, execution);
    const done = run(machine, execution, event).finally(() => running.delete(done));
    running.add(done);
    return { executionArn, startDate };
  }

  async function run(machine: LocalStateMachine, execution: Execution, event: unknown) {
    try {
      const { answer } = await executePatrol(machine.invoke, event, closing.signal);
      Object.assign(execution, { status: 'SUCCEEDED', output: JSON.stringify(answer) });
    } catch (error) {
      // What closes ends no execution.
      if (closing.signal.aborted) return;
      Object.assign(execution, { status: 'FAILED', ...toFailure(error) });
    }
    execution.stopDate = Date.now() / 1000;
  }

  return {
    actions: {
      StartExecution: startExecution,
      DescribeExecution({ executionArn }) {
        const found = executions.get(String(executionArn));
        if (!found) throw invalid('ExecutionDoesNotExist');
        return found;
      },
    },
    async close() {
      closing.abort();
      await Promise.all(running);
    },
  };
}

/** As Step Functions tells of a function that threw (developer guide, "Handling errors"). */
function toFailure(error: unknown): Pick<Execution, 'error' | 'cause'> {
  if (error instanceof LambdaFunctionError) {
    return { error: error.detail.errorType, cause: JSON.stringify(error.detail) };
  }
  return { error: 'Lambda.Unknown', cause: String(error) };
}

function findMachine(machines: readonly LocalStateMachine[], arn: string): LocalStateMachine {
  if (!/^arn:[\w-]+:states:[\w-]+:\d{12}:stateMachine:[\w-]{1,80}$/.test(arn)) {
    throw invalid('InvalidArn');
  }
  const found = machines.find((each) => each.arn === arn);
  if (!found) throw invalid('StateMachineDoesNotExist');
  return found;
}

function parseInput(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    throw invalid('InvalidExecutionInput');
  }
}

function invalid(name: string): AwsError {
  return new AwsError(name, 400, name);
}
