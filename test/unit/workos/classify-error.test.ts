import { describe, expect, it } from 'vitest';
import { classifyError } from '../../../src/workos/classify-error.ts';

/** The refusal that a thrown error of WorkOS's SDK stands for. */
function refusalOf(thrown: unknown) {
  const classified = classifyError(thrown, { status: 422, json: true });
  return classified.kind === 'refused' ? classified.refusal : classified.kind;
}

describe('the code of a refusal', () => {
  it('is a code of WorkOS', () => {
    expect(refusalOf({ code: 'invalid_email' })).toEqual({
      because: 'invalid',
      code: 'invalid_email',
    });
    expect(refusalOf({ errors: ['a.B-9_z'] })).toMatchObject({ code: 'a.B-9_z' });
    expect(refusalOf({ code: 'x'.repeat(64) })).toMatchObject({ code: 'x'.repeat(64) });
  });

  it.each(['ada@example.com is not a valid email', 'ada@example.com', ''])(
    'is never a text that may quote personal data: "%s"',
    (text) => {
      for (const thrown of [
        { code: text },
        { errors: [text] },
        { errors: [{ code: text }] },
        { rawData: { code: text, errors: [{ code: text }] } },
      ]) {
        expect(refusalOf(thrown)).toEqual({ because: 'invalid', code: 'status_422' });
      }
    },
  );

  it('is never longer than 64 characters', () => {
    expect(refusalOf({ code: 'x'.repeat(65) })).toMatchObject({ code: 'status_422' });
  });

  it('is the known code of an error that also has a sentence', () => {
    const errors = ['The email ada@example.com is taken.', { code: 'email_not_available' }];
    expect(refusalOf({ code: 'user_creation_error', errors })).toEqual({
      because: 'email_taken',
      code: 'email_not_available',
    });
  });
});
