/**
 * A password in the clear, for as long as it takes to hash it. The bytes are private to the object: whatever
 * prints, logs or serializes it shows nothing of them.
 */
export class PlainPassword {
  readonly #bytes: Buffer;

  constructor(text: string) {
    this.#bytes = Buffer.from(text, 'utf8');
  }

  /** UTF-8, as a password is hashed; not normalized, because neither Cognito nor WorkOS says that it does so. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Overwrites the bytes. (The text that they were made of is JavaScript's, which offers no such thing.) */
  destroy(): void {
    this.#bytes.fill(0);
  }
}
