import * as v from 'valibot';

/** At each leaf a list of the values that match (EventBridge user guide, "Event patterns"). */
type EventPattern = { [field: string]: EventPattern | (string | number | boolean)[] };

const patternSchema: v.GenericSchema<EventPattern> = v.record(
  v.string(),
  v.union([
    v.pipe(v.array(v.union([v.string(), v.number(), v.boolean()])), v.nonEmpty()),
    v.lazy(() => patternSchema),
  ]),
);

/**
 * A rule of EventBridge on this machine.
 *
 * @param options.pattern exact values alone: a filter such as `{"prefix": …}` is refused.
 * @param options.target gets each event that matches.
 * @returns a function that puts an event on the bus.
 */
export function createRule(options: {
  pattern: unknown;
  target: (event: unknown) => Promise<void>;
}): (event: unknown) => Promise<void> {
  const pattern = v.parse(patternSchema, options.pattern);
  return async (event) => {
    if (matches(pattern, event)) await options.target(event);
  };
}

function matches(pattern: EventPattern, event: unknown): boolean {
  return Object.entries(pattern).every(([field, expected]) => {
    const value = fieldOf(event, field);
    if (!Array.isArray(expected)) return matches(expected, value);
    return expected.some((each) => each === value);
  });
}

function fieldOf(event: unknown, field: string): unknown {
  if (typeof event !== 'object' || event === null) return undefined;
  return Object.entries(event).find(([name]) => name === field)?.[1];
}
