import { describe, expect, it } from 'vitest';
import { createRule } from '../../local/emulators/event-bridge.ts';
import { SERVERLESS_FILE } from '../../local/emulators/lambda/lambda.ts';
import { readServerlessConfig } from '../../local/emulators/lambda/serverless-config.ts';
import { changeEvent } from '../fixtures/cloudtrail-events.ts';

const { eventPattern: pattern } = await readServerlessConfig(SERVERLESS_FILE);

async function matched(event: unknown, of: unknown = pattern): Promise<boolean> {
  const events: unknown[] = [];
  const put = createRule({ pattern: of, target: async (each) => void events.push(each) });
  await put(event);
  return events.length > 0;
}

describe('the local EventBridge', () => {
  it("passes on the events that the rule of serverless/pool-change.yml matches, those of calls with a user's own token too", async () => {
    expect(await matched(changeEvent())).toBe(true);
    const own = changeEvent({ eventName: 'DeleteUser', userPoolId: undefined });
    expect(await matched(own)).toBe(true);
  });

  it.each([
    ['a sign-in', changeEvent({ eventName: 'InitiateAuth' })],
    ['another service', { ...changeEvent(), source: 'aws.s3' }],
    ['another type', { ...changeEvent(), 'detail-type': 'AWS Service Event via CloudTrail' }],
    ['an event without detail', { source: 'aws.cognito-idp' }],
  ])('does not pass on %s', async (_, event) => {
    expect(await matched(event)).toBe(false);
  });

  it('refuses a pattern with a filter that it does not know', async () => {
    await expect(matched({}, { source: [{ prefix: 'aws.' }] })).rejects.toThrow();
  });
});
