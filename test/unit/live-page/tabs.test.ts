import { describe, expect, it, onTestFinished } from 'vitest';
import { createEventStream } from '../../../local/events/event-stream.ts';
import { startLivePage } from '../../../local/live-page/live-page.ts';

/** So many that the whole state is more than what a slow tab may have waiting. */
const MANY = 24_000;

describe('a tab that is opened', () => {
  it('gets the whole state of a large pool, and what happens meanwhile', async () => {
    const stream = createEventStream();
    const live = await startLivePage(stream);
    onTestFinished(() => live.close());
    stream.emit({ kind: 'profiles', profiles: Array.from({ length: MANY }, toProfile) });

    const { body } = await fetch(new URL('/events', live.url));
    stream.emit({ kind: 'step', title: 'Meanwhile', steps: 1 });
    let text = '';
    for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      if (text.includes('Meanwhile')) break;
    }
    expect(text.length).toBeGreaterThan(4_000_000);
    expect(text).toContain(`user-${MANY - 1}@example.com`);
  });
});

function toProfile(_: unknown, n: number) {
  return {
    sub: `${n}`.padStart(36, '0'),
    email: `user-${n}@example.com`,
    isVerified: true,
    name: `User ${n}`,
    status: 'CONFIRMED',
    isEnabled: true,
    providers: [],
  };
}
