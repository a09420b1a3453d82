/** The change cannot be made, or was taken back. The message says what to do, safe to print. */
export class AttachmentError extends Error {
  override name = 'AttachmentError';
}
