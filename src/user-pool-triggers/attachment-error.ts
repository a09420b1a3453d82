import { OperatorError } from '../operator-error.ts';

/** The change cannot be made, or was undone. The message says what to do, safe to print. */
export class AttachmentError extends OperatorError {
  override name = 'AttachmentError';
}
