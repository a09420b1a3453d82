import * as v from 'valibot';

/** A value of a field; null where there is none. */
const fieldValueSchema = v.nullable(v.union([v.string(), v.boolean()]));
const fieldValuesSchema = v.record(v.string(), fieldValueSchema);

/**
 * In what one user differs. `fields`: as WorkOS's API names them, `metadata.` before a key of ours. `before`:
 * what WorkOS has in each of them; `after`: what it would have, which is what Cognito says.
 */
export const fieldDifferenceSchema = v.object({
  fields: v.array(v.string()),
  before: fieldValuesSchema,
  after: fieldValuesSchema,
});

export type FieldDifference = v.InferOutput<typeof fieldDifferenceSchema>;
export type FieldValue = v.InferOutput<typeof fieldValueSchema>;

export const NO_DIFFERENCE: FieldDifference = { fields: [], before: {}, after: {} };
