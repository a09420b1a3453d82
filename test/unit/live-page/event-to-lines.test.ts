import { describe, expect, it } from 'vitest';
import type { LocalEvent } from '../../../local/events/event.ts';
import { eventToLines } from '../../../local/events/event-to-lines.ts';
import { toShownProfile } from '../../../local/events/shown.ts';

const HOSTILE = '\u001b[2J\u001b]0;title\u0007\u202eAda';
const USER = {
  id: 'user_1',
  email: HOSTILE,
  isVerified: true,
  name: HOSTILE,
  externalId: 'sub-1',
  auth: ['password'],
  providers: [],
  clients: [],
  linked: [],
  hasSignedIn: false,
  isMailed: false,
};

describe('what the terminal is told', () => {
  it.each<LocalEvent>([
    { kind: 'call', action: 'SignUp', username: HOSTILE },
    { kind: 'trigger', source: 'Pre', sub: 's', email: HOSTILE, status: '', isSealed: false },
    { kind: 'outcome', sub: 's', outcome: 'created', reads: 1, writes: 1, user: USER },
    { kind: 'problem', who: 'consumer', text: HOSTILE, reason: HOSTILE },
  ])('of $kind has no character in it that commands a terminal', (event) => {
    const lines = eventToLines(event, { isSum: false });
    expect(lines.map(({ text }) => text).join()).toContain('Ada');
    for (const { text, aside = '' } of lines) expect(text + aside).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('of an outcome has no counts where they are not known', () => {
    const cost = { reads: undefined, writes: undefined };
    const event = { kind: 'outcome', sub: 's', outcome: 'unchanged', ...cost } as const;
    expect(eventToLines(event, { isSum: false })).toEqual([
      { tone: 'workos', who: 'WorkOS', text: 'unchanged' },
    ]);
  });
});

describe('a profile that is shown', () => {
  it.each(['not a list', '{}', '[{}]'])('has no providers where its identities are %s', (Value) => {
    const Attributes = [
      { Name: 'sub', Value: 's' },
      { Name: 'identities', Value },
    ];
    const profile = toShownProfile({ Attributes, UserStatus: 'CONFIRMED', Enabled: true });
    expect(profile).toMatchObject({ sub: 's', providers: [] });
  });
});
