/** Milliseconds. A lookup is small and rare; what hangs must leave the batch its time. */
export const SMALL_REQUEST = {
  connectionTimeout: 1_000,
  requestTimeout: 3_000,
  throwOnRequestTimeout: true,
};
