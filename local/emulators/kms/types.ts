/** `keyId`: as the request names the key. */
export type KmsRequest = { action: string; keyId: string };

/**
 * - `down`: the connection ends without an answer.
 * - `slow`: the answer comes later.
 * - `error`: every action ends with this error; the status is 400 unless given.
 * - `truncated`: the answer's last characters are missing.
 */
export type KmsFault =
  | { kind: 'down' }
  | { kind: 'slow'; milliseconds: number }
  | { kind: 'error'; name: string; status?: number }
  | { kind: 'truncated'; characters: number };

/** An error by its name in the API reference. */
export class KmsError extends Error {
  readonly status: number;
  constructor(name: string, status = 400) {
    super(name);
    this.name = name;
    this.status = status;
  }
}
