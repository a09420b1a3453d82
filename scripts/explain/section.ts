/**
 * A part of the explanation: sentences, then rows of a label and what stands beside it, then a table whose first column
 * is a label.
 */
export type Section = {
  title: string;
  lines: readonly string[];
  rows?: readonly (readonly [label: string, text: string])[];
  table?: readonly (readonly string[])[];
};
