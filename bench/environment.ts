/** Not a real queue: functions need a URL to start, and nothing is sent to it. */
const QUEUE_URL = 'https://sqs.us-east-1.amazonaws.com/000000000000/cognito-workos-sync-bench.fifo';

/**
 * The environment of a process that runs a function: the variables of a working deployment and Lambda's own,
 * over those of this process, without the ones that change how Node starts.
 */
export function functionEnvironment(variables: Record<string, string> = {}): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, NODE_COMPILE_CACHE: __, NODE_V8_COVERAGE: ___, ...own } = process.env;
  return {
    ...own,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_LAMBDA_FUNCTION_NAME: 'bench',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    SYNC_QUEUE_URL: QUEUE_URL,
    SYNC_DLQ_URL: QUEUE_URL,
    WORKOS_API_KEY_PARAMETER: '/cognito-workos-sync/bench/workos-api-key',
    ...variables,
  };
}
