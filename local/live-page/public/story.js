import { element, foreign } from './elements.js';

/** The steps of the story, with what was told of each; the current one is open. */
export function createStory() {
  const list = document.getElementById('steps');
  const frame = document.getElementById('steps-frame');
  /** By number, as it is drawn. */
  const drawn = new Map();
  /** Of the state that is drawn. */
  let source;
  let current = 0;

  function draw({ number, title }) {
    const lines = element('div', { class: 'lines' });
    const details = element(
      'details',
      {},
      element(
        'summary',
        {},
        element('span', { class: 'step-number' }, String(number)),
        element('span', {}, title),
      ),
      lines,
    );
    const item = element('li', {}, details);
    list.append(item);
    drawn.set(number, { item, details, lines, count: 0, cut: 0 });
  }

  function update(step) {
    if (!drawn.has(step.number)) draw(step);
    const known = drawn.get(step.number);
    const told = step.cut + step.lines.length;
    const fresh = step.lines.slice(
      step.lines.length - Math.min(told - known.count, step.lines.length),
    );
    for (const line of fresh) known.lines.append(toLine(line));
    known.count = told;
    while (known.lines.children.length > step.lines.length) known.lines.firstChild.remove();
  }

  function follow(number) {
    if (number === current) return scroll();
    const before = drawn.get(current);
    if (before) {
      before.item.removeAttribute('aria-current');
      // What a reader has opened stays open.
      if (!before.isRead) before.details.open = false;
    }
    current = number;
    const now = drawn.get(number);
    if (!now) return;
    now.item.setAttribute('aria-current', 'step');
    now.details.open = true;
    scroll();
  }

  /** Follows the story, unless the reader is in the middle of it. */
  function scroll() {
    if (frame.matches(':hover, :focus-within')) return;
    const item = drawn.get(current)?.item;
    if (!item) return;
    const below = item.offsetTop + item.offsetHeight - frame.clientHeight;
    frame.scrollTop = Math.max(0, below);
  }

  list.addEventListener('click', ({ target }) => {
    const item = target.closest('summary')?.closest('li');
    for (const each of drawn.values()) if (each.item === item) each.isRead = true;
  });

  return {
    render(state) {
      if (state !== source) {
        source = state;
        list.replaceChildren();
        drawn.clear();
        current = 0;
      }
      for (const step of state.steps.slice(Math.max(0, current - 1))) update(step);
      follow(state.steps.length);
    },
  };
}

function toLine({ tone, who, text, aside }) {
  return element(
    'p',
    { class: `line ${tone}` },
    element('span', { class: 'who' }, who),
    element(
      'span',
      {},
      foreign(text),
      aside === undefined ? undefined : element('small', {}, ` ${aside}`),
    ),
  );
}
