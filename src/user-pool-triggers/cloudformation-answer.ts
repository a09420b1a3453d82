import type { MiddlewareObj } from '@middy/core';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import pRetry from 'p-retry';
import type { Environment } from '../config/environment.ts';
import type { Log } from '../telemetry/telemetry.ts';
import { AttachmentError } from './attachment-error.ts';

/** What a custom resource says when it has succeeded. */
export type ResourceAnswer = { physicalResourceId: string };

/** CloudFormation refuses answers of more than 4,096 bytes (custom resource reference). */
const MAXIMUM_REASON_LENGTH = 2_000;
/** S3 takes the answer; while it does not, there is nothing better to do than to try again. */
const TRIES = 6;

/** CloudFormation's own buckets (user guide, VPC endpoints for custom resources). */
const ANSWERS =
  /^cloudformation-custom-resource-response-[a-z0-9-]+\.s3[a-z0-9.-]*\.amazonaws\.(com|com\.cn|eu)$/;

/**
 * Tells CloudFormation at the `ResponseURL` how it went, whatever happened: a stack that hears nothing
 * hangs until the time-out of the resource, an hour by default.
 *
 * An event that wants its answer elsewhere is not CloudFormation's: nothing is done and nothing is sent.
 *
 * @param env where the SDK's endpoints are an emulator's (`AWS_ENDPOINT_URL…`), its answers are, too.
 */
export function answerCloudFormation(
  log: Log,
  env: Environment,
): MiddlewareObj<CloudFormationCustomResourceEvent, ResourceAnswer> {
  const isEmulated = Object.keys(env).some((name) => name.startsWith('AWS_ENDPOINT_URL'));
  return {
    before({ event }) {
      if (isEmulated || isCloudFormations(event.ResponseURL)) return;
      throw new NotCloudFormationError('the ResponseURL is none of CloudFormation');
    },
    async after({ event, response }) {
      const answer = response ?? { physicalResourceId: currentId(event) };
      await put(event, log, { Status: 'SUCCESS', PhysicalResourceId: answer.physicalResourceId });
    },
    async onError({ event, error }) {
      if (error instanceof NotCloudFormationError) {
        log.error('not an event of CloudFormation: nothing was done');
        return;
      }
      const Reason = reasonOf(error);
      log.error('the triggers could not be changed', { reason: Reason });
      await put(event, log, { Status: 'FAILED', Reason, PhysicalResourceId: currentId(event) });
      // The failure is CloudFormation's now; an error of the function would have it invoked again.
      return { physicalResourceId: currentId(event) };
    },
  };
}

/** The function was invoked directly, not by CloudFormation; the caller gets the error. */
class NotCloudFormationError extends Error {
  override name = 'NotCloudFormationError';
}

function isCloudFormations(url: unknown): boolean {
  if (typeof url !== 'string' || !URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' && ANSWERS.test(hostname);
}

/** A resource that could not be created needs an id all the same: it is deleted by it. */
function currentId(event: CloudFormationCustomResourceEvent): string {
  return event.RequestType === 'Create'
    ? `not-created-${event.RequestId}`
    : event.PhysicalResourceId;
}

function reasonOf(error: unknown): string {
  const text =
    error instanceof AttachmentError
      ? error.message
      : error instanceof Error
        ? `${error.name}: ${error.message}`
        : String(error);
  return text.length > MAXIMUM_REASON_LENGTH ? `${text.slice(0, MAXIMUM_REASON_LENGTH)}…` : text;
}

async function put(
  event: CloudFormationCustomResourceEvent,
  log: Log,
  result: { Status: 'SUCCESS' | 'FAILED'; Reason?: string; PhysicalResourceId: string },
): Promise<void> {
  const { StackId, RequestId, LogicalResourceId, ResponseURL } = event;
  const body = JSON.stringify({ StackId, RequestId, LogicalResourceId, ...result });
  const send = async () => {
    // Signed for a request without a content type.
    const response = await fetch(ResponseURL, {
      method: 'PUT',
      body: new TextEncoder().encode(body),
      headers: { 'content-type': '' },
      signal: AbortSignal.timeout(5_000),
    });
    if (!response.ok) throw new Error(`the answer was refused with ${response.status}`);
  };
  await pRetry(send, {
    retries: TRIES - 1,
    minTimeout: 500,
    onFailedAttempt: ({ error }) =>
      log.warn('CloudFormation did not take the answer', { error: { name: error.name } }),
    // fetch reports a network failure as a TypeError, which p-retry takes for a bug.
    shouldRetry: () => true,
  });
}
