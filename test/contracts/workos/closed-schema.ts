import type { Schema } from './operations.ts';

/**
 * A schema of the description with its references put in, that allows no property beside those it names: what it does
 * not name, WorkOS does not know.
 */
export function toClosedSchema(schema: Schema, schemas: Record<string, object>): Schema {
  return close(inline(schema, schemas, []), true);
}

function inline(node: unknown, schemas: Record<string, object>, within: string[]): Schema {
  return mapNode(node, (value) => {
    const name = /^#\/components\/schemas\/(\w+)$/.exec(String(value.$ref))?.[1];
    if (name === undefined) return value;
    if (within.includes(name)) throw new Error(`the schema ${name} contains itself`);
    return inline(schemas[name], schemas, [...within, name]);
  });
}

/** Every object of a schema, from the outside in. */
function mapNode(node: unknown, change: (value: Schema) => Schema): Schema {
  const visit = (each: unknown): unknown => {
    if (Array.isArray(each)) return each.map(visit);
    if (typeof each !== 'object' || each === null) return each;
    const changed = change({ ...each });
    return Object.fromEntries(Object.entries(changed).map(([key, value]) => [key, visit(value)]));
  };
  return Object(visit(node));
}

const BRANCHES = ['allOf', 'anyOf', 'oneOf'];
/** Where a schema describes what the object is not, or any property. */
const LEFT = ['not', 'if', 'example', 'enum', 'const', 'propertyNames'];

/** @param outside false in a branch: the properties of its siblings are allowed, too. */
function close(node: Schema, outside: boolean): Schema {
  const closed = Object.fromEntries(
    Object.entries(node).map(([key, value]) => {
      if (LEFT.includes(key)) return [key, value];
      if (BRANCHES.includes(key))
        return [key, [value].flat().map((each) => close(Object(each), false))];
      if (key === 'properties') {
        const properties = Object.entries(Object(value));
        return [
          key,
          Object.fromEntries(properties.map(([name, each]) => [name, close(Object(each), true)])),
        ];
      }
      return [key, key === 'items' ? close(Object(value), true) : value];
    }),
  );
  const isObject = 'properties' in node || BRANCHES.some((key) => key in node);
  if (!outside || !isObject || 'additionalProperties' in node) return closed;
  return { ...closed, unevaluatedProperties: false };
}
