import { ConfigurationError } from '../config/environment.ts';

/** A FIFO queue's URL, and the region that its host name tells, where it does. */
export type QueueAddress = { url: string; region?: string };

/**
 * The name of every FIFO queue, and of no other, ends in .fifo (SQS developer guide, FIFO queue quotas).
 *
 * @param source the option or the variable it comes from, for the error.
 * @throws ConfigurationError
 */
export function parseQueueAddress(source: string, value: string | undefined): QueueAddress {
  const url = value?.trim();
  if (!url) {
    const problem =
      'is not set: give the URL of the queue (npx serverless info --verbose shows both)';
    throw new ConfigurationError(source, problem);
  }
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^https?:$/.test(parsed.protocol)) {
    const problem =
      'is not a URL like https://sqs.eu-central-1.amazonaws.com/123456789012/name.fifo';
    throw new ConfigurationError(source, problem);
  }
  if (!parsed.pathname.endsWith('.fifo')) {
    throw new ConfigurationError(source, 'is not a FIFO queue: its name does not end in .fifo');
  }
  const region = /^sqs(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(
    parsed.hostname,
  )?.[1];
  return { url, ...(region !== undefined && { region }) };
}
