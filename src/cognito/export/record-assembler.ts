import { Assembler } from 'stream-json/assembler.js';
import type { Token } from 'stream-json/parser.js';

/**
 * In characters. Cognito's 75 attributes of at most 2,048 characters stay far below it; what is
 * larger is no user, and must not fill the memory.
 */
export const MAXIMUM_RECORD_SIZE = 1_048_576;

/** What every value counts at least: an object, a list and an empty string take memory, too. */
const VALUE_SIZE = 16;

export type AssembledRecord = { kind: 'record'; record: unknown } | { kind: 'too_large' };

/** Puts the tokens of one record after another together; of one that is too large, no more. */
export type RecordAssembler = {
  take(token: Token): void;
  /** The record, all of whose tokens were taken. Begins the next one. */
  end(): AssembledRecord;
};

/** @param limit default {@link MAXIMUM_RECORD_SIZE}. */
export function createRecordAssembler(limit = MAXIMUM_RECORD_SIZE): RecordAssembler {
  let assembler = new Assembler();
  let text = '';
  let size = 0;

  function put(token: Token): void {
    size += VALUE_SIZE;
    if (size <= limit) assembler.consume(token);
  }

  return {
    take(token) {
      switch (token.name) {
        case 'startKey':
        case 'startString':
        case 'startNumber':
          text = '';
          break;
        case 'stringChunk':
        case 'numberChunk':
          size += token.value.length;
          if (size <= limit) text += token.value;
          break;
        case 'endKey':
          put({ name: 'keyValue', value: text });
          break;
        case 'endString':
          put({ name: 'stringValue', value: text });
          break;
        case 'endNumber':
          put({ name: 'numberValue', value: text });
          break;
        default:
          put(token);
      }
    },
    end() {
      const { current: record } = assembler;
      const isTooLarge = size > limit;
      assembler = new Assembler();
      text = '';
      size = 0;
      return isTooLarge ? { kind: 'too_large' } : { kind: 'record', record };
    },
  };
}
