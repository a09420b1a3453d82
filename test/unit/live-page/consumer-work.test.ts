import { describe, expect, it } from 'vitest';
import { createConsumerWork } from '../../../local/events/consumer-work.ts';
import type { ShownUser } from '../../../local/events/shown.ts';

function workosUser(externalId: string): ShownUser {
  return {
    id: `user_${externalId}`,
    email: `${externalId}@example.com`,
    isVerified: true,
    name: externalId,
    externalId,
    auth: ['password'],
    providers: [],
    clients: [],
    linked: [],
    hasSignedIn: false,
    isMailed: false,
  };
}

describe('what an outcome took of WorkOS', () => {
  it('is counted for a user whom the consumer works on alone', () => {
    const work = createConsumerWork();
    work.begin([['m1', 'ada']]);
    work.addRequest(false, undefined);
    work.addRequest(true, workosUser('ada'));
    expect(work.settle('ada')).toEqual({ reads: 1, writes: 1, user: workosUser('ada') });
    work.end(['m1']);
    work.begin([['m2', 'ada']]);
    expect(work.settle('ada')).toEqual({ reads: 0, writes: 0, user: undefined });
  });

  it.each([
    [
      'one batch',
      [
        ['m1', 'ada'],
        ['m2', 'mei'],
      ],
      [],
    ],
    ['two batches', [['m1', 'ada']], [['m2', 'mei']]],
  ] satisfies [string, [string, string][], [string, string][]][])(
    'is not known for two users in %s, and none is given the other one',
    (_case, first, second) => {
      const work = createConsumerWork();
      work.begin(first);
      if (second.length > 0) work.begin(second);
      work.addRequest(true, workosUser('ada'));
      work.addRequest(true, workosUser('mei'));
      const unknown = { reads: undefined, writes: undefined };
      expect(work.settle('ada')).toEqual({ ...unknown, user: workosUser('ada') });
      expect(work.settle('noor')).toEqual({ ...unknown, user: undefined });
      expect(work.settle('mei')).toEqual({ ...unknown, user: workosUser('mei') });
    },
  );

  it('is known again once the consumer has been idle', () => {
    const work = createConsumerWork();
    work.begin([['m1', 'ada']]);
    work.begin([['m2', 'mei']]);
    work.end(['m1']);
    work.end(['m2']);
    work.begin([['m3', 'ada']]);
    work.addRequest(false, undefined);
    expect(work.settle('ada')).toMatchObject({ reads: 1, writes: 0 });
  });
});
