import type { Ministack } from './ministack.ts';

/** A call of a service that speaks JSON, for those whose SDK client is no dependency. */
export type JsonCall = (target: string, input: object) => Promise<Record<string, unknown>>;

/**
 * @param service as in the scope of a signature: `states`, `events`, `sqs`. The emulator reads the access key of the
 *   signature and does not check the rest.
 */
export function createJsonCall(
  { endpoint, region, env }: Pick<Ministack, 'endpoint' | 'region' | 'env'>,
  service: string,
): JsonCall {
  const scope = `${env.AWS_ACCESS_KEY_ID}/20260101/${region}/${service}/aws4_request`;
  return async (target, input) => {
    const answer = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': target,
        authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none`,
      },
      body: JSON.stringify(input),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${target}: ${answer.status} ${text}`);
    return JSON.parse(text || '{}');
  };
}
