/**
 * Makes an element. Children that are no elements become text, never markup: names and addresses come from
 * people.
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** Text of other people's, whose writing direction stays its own. */
export function foreign(text, attributes = {}) {
  return element('bdi', attributes, text);
}

/** Sets the text only where it is another, so that screen readers are told of changes alone. */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/**
 * Brings the children of `parent` into the order of `items`, each made anew only when what it shows changed.
 *
 * @param toKey is unique among the items.
 * @param make gives the element of an item.
 */
export function renderList(parent, items, toKey, make) {
  const existing = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  const wanted = items.map((item) => {
    const key = String(toKey(item));
    const content = JSON.stringify(item);
    const known = existing.get(key);
    if (known?.shownContent === content) return known;
    const made = make(item);
    made.dataset.key = key;
    made.shownContent = content;
    return made;
  });
  for (const child of [...parent.children]) if (!wanted.includes(child)) child.remove();
  for (const [index, child] of wanted.entries()) {
    if (parent.children[index] !== child)
      parent.insertBefore(child, parent.children[index] ?? null);
  }
}
