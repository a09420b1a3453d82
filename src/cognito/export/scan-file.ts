import { createReadStream } from 'node:fs';
import type { ExportFile } from './export-files.ts';

/**
 * What a file of an export is like as a whole.
 *
 * - `empty`: nothing but blanks.
 * - `cut`: it ends inside a text, a list or an object.
 * - `whole`: `token` is the name of the token with which its last answer says that there are more users.
 */
export type ScannedFile =
  | { kind: 'empty' }
  | { kind: 'cut' }
  | { kind: 'whole'; token?: 'NextToken' | 'PaginationToken' };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN = new Set([0x7b, 0x5b]);
const CLOSE = new Set([0x7d, 0x5d]);
/** Blanks of JSON, and the bytes of a byte order mark. */
const BLANK = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);
/** Longer keys and values are no token's name, and are not kept. */
const LONGEST_KEY = 32;

/**
 * Reads a file byte by byte, much faster than the JSON parser, and says whether it is whole. Several answers may
 * follow each other; whether they are JSON at all, the reader finds.
 *
 * @throws where the file cannot be read, or the signal's reason.
 */
export async function scanFile(file: ExportFile, signal?: AbortSignal): Promise<ScannedFile> {
  const scanner = createScanner();
  const stream = createReadStream(file.path, { ...(signal && { signal }) });
  for await (const chunk of stream) scanner.take(chunk);
  return scanner.end();
}

function createScanner() {
  let depth = 0;
  let isInText = false;
  let isEscaped = false;
  let isEmpty = true;
  let isValue = false;
  let text = '';
  let key = '';
  let token: 'NextToken' | 'PaginationToken' | undefined;

  function takeInText(byte: number): void {
    if (isEscaped) isEscaped = false;
    else if (byte === BACKSLASH) isEscaped = true;
    else if (byte === QUOTE) endText();
    else if (depth === 1 && text.length < LONGEST_KEY) text += String.fromCharCode(byte);
  }

  function endText(): void {
    isInText = false;
    if (depth !== 1) return;
    if (!isValue) key = text;
    else if (text !== '' && (key === 'NextToken' || key === 'PaginationToken')) token = key;
  }

  function take(byte: number): void {
    if (isInText) takeInText(byte);
    else takeOutside(byte);
  }

  function takeOutside(byte: number): void {
    if (!BLANK.has(byte)) isEmpty = false;
    if (byte === QUOTE) {
      isInText = true;
      text = '';
    } else if (OPEN.has(byte)) {
      // The next answer: what the one before said of more users is answered by it.
      if (depth === 0) token = undefined;
      depth++;
      isValue = false;
    } else if (CLOSE.has(byte)) depth--;
    else if (depth === 1 && byte === COLON) isValue = true;
    else if (depth === 1 && byte === COMMA) isValue = false;
  }

  return {
    take(chunk: Buffer): void {
      for (const byte of chunk) take(byte);
    },
    end(): ScannedFile {
      if (isEmpty) return { kind: 'empty' };
      if (isInText || depth > 0) return { kind: 'cut' };
      return { kind: 'whole', ...(token && { token }) };
    },
  };
}
