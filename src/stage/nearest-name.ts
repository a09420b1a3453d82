import leven from 'leven';

/** More edits than this, and it is another word, not a slip. */
const MAXIMUM_EDITS = 4;

/** @returns the name that `text` is most likely meant to be, whatever its case; undefined where none is near. */
export function nearestName(text: string, names: readonly string[]): string | undefined {
  const [nearest] = names
    .map((name) => ({ name, edits: leven(text.toLowerCase(), name.toLowerCase()) }))
    .filter(({ edits, name }) => edits <= Math.min(MAXIMUM_EDITS, name.length / 2))
    .sort((a, b) => a.edits - b.edits);
  return nearest?.name;
}

/** `unknown setting "x"`, with the nearest right name or all of them. */
export function unknownName(kind: string, text: string, names: readonly string[]): string {
  const nearest = nearestName(text, names);
  const hint =
    nearest === undefined ? `the names are ${names.join(', ')}` : `did you mean ${nearest}?`;
  return `unknown ${kind} "${text}": ${hint}`;
}
