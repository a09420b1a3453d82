import { inspect } from 'node:util';

const SHOWN = '[a password]';

/**
 * A password in the clear, for as long as it takes to hash it: nothing that prints, logs or serializes the
 * object shows it.
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

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  [inspect.custom](): string {
    return SHOWN;
  }
}
