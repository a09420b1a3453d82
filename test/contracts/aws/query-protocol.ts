import { parseXML } from '@aws-sdk/xml-builder';
import type { Breach } from '../violation.ts';
import { type Member, type ServiceModel, shapeOf } from './models.ts';
import { textToValue } from './text-value.ts';

/** The input in a form of the query protocol, and the parameters that the operation does not have. */
export function readForm(model: ServiceModel, input: Member | undefined, body: string) {
  const form = new Map(new URLSearchParams(body));
  form.delete('Action');
  form.delete('Version');
  const value = input ? readFields(model, input, '', form) : {};
  const breaches = [...form.keys()].map((name): Breach => {
    return { pointer: '', rule: 'unknown', detail: `there is no parameter ${name}` };
  });
  return { value: value ?? {}, breaches };
}

/** Takes out of the form what it has read. Undefined: the form has nothing of this. */
function readFields(
  model: ServiceModel,
  { shape: name }: Member,
  at: string,
  form: Map<string, string>,
): unknown {
  const shape = shapeOf(model, name);
  const has = [...form.keys()].some((key) => at === '' || key === at || key.startsWith(`${at}.`));
  if (!has) return undefined;
  if (shape.type === 'structure') {
    const members = Object.entries(shape.members ?? {}).flatMap(([key, member]) => {
      const path = `${at === '' ? '' : `${at}.`}${member.locationName ?? key}`;
      const value = readFields(model, member, path, form);
      return value === undefined ? [] : [[key, value]];
    });
    return Object.fromEntries(members);
  }
  if (shape.type === 'list' && shape.member) {
    const path = shape.flattened ? at : `${at}.${shape.member.locationName ?? 'member'}`;
    const items: unknown[] = [];
    for (let i = 1; ; i++) {
      const item = readFields(model, shape.member, `${path}.${i}`, form);
      if (item === undefined) return items;
      items.push(item);
    }
  }
  const text = form.get(at);
  form.delete(at);
  return text === undefined ? undefined : textToValue(shape, text);
}

/** An answer of the query protocol: the code of an error, or the output, undefined where its wrapper is missing. */
export function readXml(
  model: ServiceModel,
  output: (Member & { resultWrapper?: string }) | undefined,
  body: string,
): { code: string } | { value: unknown } {
  const [answer = {}] = Object.values<Record<string, unknown>>(parseXML(body));
  const error = answer.Error ?? Object(answer.Errors).Error;
  if (error !== undefined) return { code: String(Object(error).Code ?? '') };
  if (!output) return { value: {} };
  const result = output.resultWrapper === undefined ? answer : answer[output.resultWrapper];
  return { value: result === undefined ? undefined : readElement(model, output, result) };
}

/** Elements that no member has are kept: the check of the shape finds them. */
function readElement(model: ServiceModel, { shape: name }: Member, element: unknown): unknown {
  const shape = shapeOf(model, name);
  switch (shape.type) {
    case 'structure': {
      const members = Object.entries(shape.members ?? {});
      return Object.fromEntries(
        Object.entries(Object(element)).map(([tag, child]) => {
          const [key, member] =
            members.find(([key, each]) => (each.locationName ?? key) === tag) ?? [];
          return key && member ? [key, readElement(model, member, child)] : [tag, child];
        }),
      );
    }
    case 'list': {
      const { member } = shape;
      const items = shape.flattened ? element : Object(element)[member?.locationName ?? 'member'];
      const all = items === undefined ? [] : [items].flat();
      return member ? all.map((each) => readElement(model, member, each)) : all;
    }
    case 'map':
      return Object.fromEntries(
        [Object(element).entry ?? []]
          .flat()
          .map(({ key, value }) => [
            key,
            shape.value ? readElement(model, shape.value, value) : value,
          ]),
      );
    default:
      return typeof element === 'string' ? textToValue(shape, element) : element;
  }
}
