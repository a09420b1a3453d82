import { jsonParser, type Token } from 'stream-json/parser.js';
import { type AssembledRecord, createRecordAssembler } from './record-assembler.ts';

export type ExportReader = {
  /**
   * The records that end within this piece of text. It stops where the text is not JSON, after all
   * whole records before that.
   * @throws Error of the parser; nothing can be read after it.
   */
  read(text: string): Generator<AssembledRecord>;
  /** Whether a list of users has begun, and whether all that was opened has been closed. */
  state(): { listSeen: boolean; complete: boolean };
};

/**
 * Finds the user records in the text of an export, piece by piece: the elements of a list called
 * `Users` in an object, or of a list that is all there is. Several such values may follow each other.
 */
export function createExportReader(): ExportReader {
  // Keys and strings come in chunks, so that one of many GB is never held as a whole.
  const parse = jsonParser({ packValues: false, jsonStreaming: true });
  const finder = createRecordFinder();
  return {
    *read(text) {
      // The parser gives the tokens of a whole piece or, in case of an error, none of them: so each
      // piece ends where a record may.
      for (const piece of text.split(/(?<=\})/)) {
        const tokens = parse(piece);
        if (typeof tokens === 'symbol') continue;
        for (const token of tokens.values) {
          const record = finder.take(token);
          if (record) yield record;
        }
      }
    },
    state: finder.state,
  };
}

const OPENS = new Set(['startObject', 'startArray']);
const CLOSES = new Set(['endObject', 'endArray']);
const ENDS_VALUE = new Set([
  ...CLOSES,
  ...['endString', 'endNumber', 'nullValue', 'trueValue', 'falseValue'],
]);

function createRecordFinder() {
  const assembler = createRecordAssembler();
  const keyOf = createKeyReader();
  let depth = 0;
  /** The depth inside the list of users; 0 outside of it. */
  let listDepth = 0;
  let key = '';
  let listSeen = false;

  function take(token: Token): AssembledRecord | undefined {
    if (CLOSES.has(token.name)) depth -= 1;
    const found = listDepth > 0 ? takeInside(token) : takeOutside(token);
    if (OPENS.has(token.name)) depth += 1;
    return found;
  }

  function takeInside(token: Token): AssembledRecord | undefined {
    if (depth < listDepth) {
      listDepth = 0;
      return undefined;
    }
    assembler.take(token);
    return depth === listDepth && ENDS_VALUE.has(token.name) ? assembler.end() : undefined;
  }

  function takeOutside(token: Token): undefined {
    if (depth === 0) key = '';
    else if (depth === 1) key = keyOf(token) ?? key;
    const isList = depth === 0 || (depth === 1 && key === 'Users');
    if (token.name !== 'startArray' || !isList) return;
    listDepth = depth + 1;
    listSeen = true;
  }

  return { take, state: () => ({ listSeen, complete: depth === 0 }) };
}

/** The key that ends with a token. What is longer than any of ours is cut off. */
function createKeyReader(): (token: Token) => string | undefined {
  let text = '';
  return (token) => {
    if (token.name === 'startKey') text = '';
    if (token.name === 'stringChunk' && text.length < 16) text += token.value;
    return token.name === 'endKey' ? text : undefined;
  };
}
