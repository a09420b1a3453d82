import { expect, it } from 'vitest';
import type { LocalEvent } from '../../../local/events/event.ts';
import { eventToLines } from '../../../local/events/event-to-lines.ts';
import { createSystemObserver } from '../../../local/events/observe-system.ts';

it('tells of a call that names no user of the pool, instead of refusing the call', () => {
  const events: LocalEvent[] = [];
  const observer = createSystemObserver({ emit: (event) => events.push(event) });
  // As local/emulators/cognito/call-event.ts has it for AdminDeleteUser of nobody.
  const detail = {
    eventName: 'AdminDeleteUser',
    errorCode: 'UserNotFoundException',
    requestParameters: { userPoolId: 'eu-central-1_Ab1Cd2Ef3' },
    additionalEventData: null,
  };
  const message = { queueUrl: 'changes', groupId: '', messageId: 'm1' };
  observer.onSend?.({ ...message, body: JSON.stringify({ detail }) });
  const lines = events.flatMap((event) => eventToLines(event, { isSum: false }));
  expect(lines.map(({ text }) => text)).toEqual(['CloudTrail reports AdminDeleteUser, no sub']);
});
