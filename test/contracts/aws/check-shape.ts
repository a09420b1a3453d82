import type { Breach } from '../violation.ts';
import { type ServiceModel, type Shape, shapeOf } from './models.ts';

type Report = (breach: Breach) => void;

/**
 * What of a value its shape does not allow. The value is in the form of AWS's JSON protocols: timestamps are
 * seconds, blobs are Base64. Unknown members count, because AWS ignores or refuses them.
 */
export function checkShape(model: ServiceModel, shapeName: string, value: unknown): Breach[] {
  const breaches: Breach[] = [];
  walk(model, shapeName, value, '', (breach) => breaches.push(breach));
  return breaches;
}

function walk(model: ServiceModel, name: string, value: unknown, at: string, report: Report): void {
  const shape = shapeOf(model, name);
  const found = KINDS[shape.type];
  if (!found)
    throw new Error(`${model.source}: ${name} is a ${shape.type}, which is not known here`);
  if (!found.is(value)) {
    report({ pointer: at, rule: 'type', detail: `not a ${shape.type}: ${preview(value)}` });
    return;
  }
  checkSize(shape, found.sizeOf(value), at, report);
  if (typeof value === 'string') checkText(shape, value, at, report);
  if (Array.isArray(value)) {
    const item = shape.member?.shape ?? '';
    value.forEach((each, i) => void walk(model, item, each, `${at}/${i}`, report));
  } else if (isObject(value)) {
    if (shape.type === 'map') walkMap(model, shape, value, at, report);
    else walkStructure(model, shape, value, at, report);
  }
}

function walkStructure(
  model: ServiceModel,
  { members = {}, required = [], union }: Shape,
  value: Record<string, unknown>,
  at: string,
  report: Report,
): void {
  const names = Object.keys(value);
  for (const name of required) {
    if (!names.includes(name))
      report({ pointer: at, rule: 'required', detail: `${name} is missing` });
  }
  if (union && names.length !== 1) {
    report({ pointer: at, rule: 'union', detail: `one member expected: ${names.join(', ')}` });
  }
  for (const name of names) {
    const member = members[name];
    if (member) walk(model, member.shape, value[name], `${at}/${toToken(name)}`, report);
    else report({ pointer: at, rule: 'unknown', detail: `there is no member ${name}` });
  }
}

function walkMap(
  model: ServiceModel,
  { key, value: item }: Shape,
  value: Record<string, unknown>,
  at: string,
  report: Report,
): void {
  for (const [name, each] of Object.entries(value)) {
    walk(model, key?.shape ?? '', name, `${at}/${toToken(name)}`, report);
    walk(model, item?.shape ?? '', each, `${at}/${toToken(name)}`, report);
  }
}

function checkSize(
  { min, max }: Shape,
  size: number | undefined,
  at: string,
  report: Report,
): void {
  if (size === undefined) return;
  if (min !== undefined && size < min) {
    report({ pointer: at, rule: 'min', detail: `${size} is less than ${min}` });
  }
  if (max !== undefined && size > max) {
    report({ pointer: at, rule: 'max', detail: `${size} is more than ${max}` });
  }
}

function checkText(shape: Shape, value: string, at: string, report: Report): void {
  if (shape.enum && !shape.enum.includes(value)) {
    report({ pointer: at, rule: 'enum', detail: `${preview(value)} is none of its values` });
  }
  if (shape.pattern !== undefined && !patternOf(shape.pattern).test(value)) {
    report({ pointer: at, rule: 'pattern', detail: `${preview(value)} is not ${shape.pattern}` });
  }
}

const patterns = new Map<string, RegExp>();

/** The whole text has to match, as the services do it. The models are written for Java, whose dialect is near. */
function patternOf(pattern: string): RegExp {
  const known = patterns.get(pattern);
  if (known) return known;
  // `(?s)`: a dot is any character.
  const flags = `${pattern.includes('\\p{') ? 'u' : ''}${pattern.startsWith('(?s)') ? 's' : ''}`;
  const made = new RegExp(`^(?:${pattern.replace('(?s)', '')})$`, flags);
  patterns.set(pattern, made);
  return made;
}

/** How a kind is told, and what `min` and `max` bound; undefined: nothing. */
type Kind = { is: (value: unknown) => boolean; sizeOf: (value: unknown) => number | undefined };

const number: Kind = { is: (value) => typeof value === 'number', sizeOf: Number };
const whole: Kind = { is: Number.isInteger, sizeOf: Number };
const sized = (is: Kind['is']): Kind => ({ is, sizeOf: () => undefined });

const KINDS: Record<string, Kind> = {
  structure: sized(isObject),
  map: { is: isObject, sizeOf: (value) => Object.keys(Object(value)).length },
  list: { is: Array.isArray, sizeOf: (value) => (Array.isArray(value) ? value.length : undefined) },
  string: {
    is: (value) => typeof value === 'string',
    sizeOf: (value) => [...String(value)].length,
  },
  character: { is: (value) => typeof value === 'string', sizeOf: () => undefined },
  blob: { is: isBase64, sizeOf: (value) => Buffer.from(String(value), 'base64').length },
  integer: whole,
  long: whole,
  float: number,
  double: number,
  bigdecimal: number,
  boolean: sized((value) => typeof value === 'boolean'),
  timestamp: sized((value) => typeof value === 'number'),
};

function isBase64(value: unknown): boolean {
  return typeof value === 'string' && value.length % 4 === 0 && /^[\w+/-]*={0,2}$/.test(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A token of a JSON pointer (RFC 6901). */
function toToken(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function preview(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 80) ?? 'undefined';
}
