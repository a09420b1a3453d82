import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { StreamedList, writeResult } from '../../../scripts/shared/result.ts';

const HEAD = { command: 'assess', userPoolId: null, exit: 1 };

/** A pipe that holds next to nothing, and fails as one whose reader is gone. */
function pipeThatFailsWith(code: string): Writable {
  const pipe = new Writable({
    highWaterMark: 1,
    write: (_chunk, _encoding, done) =>
      setImmediate(done, Object.assign(new Error(`write ${code}`), { code })),
  });
  // As scripts/cws.ts does for stdout.
  return pipe.on('error', () => {});
}

describe('writing a result', () => {
  it('ends quietly when the reader closes the pipe, as head does', async () => {
    const items = new StreamedList(3, [1, 2, 3]);
    await writeResult(pipeThatFailsWith('EPIPE'), HEAD, { items, verdict: 'look' });
  });

  it('fails when the output cannot be written for another reason', async () => {
    const written = writeResult(pipeThatFailsWith('ENOSPC'), HEAD, { verdict: 'look' });
    await expect(written).rejects.toThrow('ENOSPC');
  });
});
