import type { Shape } from './models.ts';

/**
 * A scalar written as text, in a form, in XML, in a path or in a header, as the JSON protocols would have it. What
 * is not of its type stays text, which the check of the shape then finds.
 */
export function textToValue({ type }: Shape, text: string): unknown {
  switch (type) {
    case 'integer':
    case 'long':
    case 'float':
    case 'double':
      return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
    case 'boolean':
      return text === 'true' || text === 'false' ? text === 'true' : text;
    case 'timestamp':
      return Number.isNaN(Date.parse(text)) ? text : Date.parse(text) / 1000;
    default:
      return text;
  }
}
