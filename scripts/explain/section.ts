/** A part of the explanation: sentences, then rows of a label and what stands beside it. */
export type Section = {
  title: string;
  lines: readonly string[];
  rows: readonly (readonly [label: string, text: string])[];
};
