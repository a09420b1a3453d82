/** More than these are not drawn one by one; the figure above counts them all. */
const DRAWN = 1_200;

/**
 * Draws one dot for each of `people`, in the colour of its tone.
 *
 * @param people `{ key, tone }` of each, in the order in which they came.
 */
export function renderCrowd(container, people) {
  const shown = people.slice(0, DRAWN);
  const dots = new Map([...container.children].map((dot) => [dot.dataset.dot, dot]));
  for (const { key, tone } of shown) {
    const known = dots.get(key);
    const dot = known ?? document.createElement('i');
    if (dot.className !== tone) dot.className = tone;
    dots.delete(key);
    if (known) continue;
    dot.dataset.dot = key;
    container.append(dot);
  }
  for (const gone of dots.values()) gone.remove();
}

/** Draws how many there are of each: a legend that counts. */
export function toLegend(people) {
  const groups = Map.groupBy(people, ({ tone, text }) => `${tone} ${text}`);
  return [...groups.values()]
    .map((group) => ({ tone: group[0].tone, text: group[0].text, count: group.length }))
    .sort((a, b) => b.count - a.count);
}
