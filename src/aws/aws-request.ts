/**
 * Timeouts of calls of the functions to SQS and SSM, in milliseconds. The calls are small and stay in the
 * region; one that hangs must not use up the time that is reserved for the end of the invocation.
 */
export const AWS_REQUEST = {
  connectionTimeout: 1_000,
  requestTimeout: 2_000,
  throwOnRequestTimeout: true,
};
