import { element, foreign } from './elements.js';
import { toneOf } from './words.js';

/** A message, on its way or taken, with what is said of it. */
export function messageCard({ label, sub, cause }, badge) {
  const title = foreign(label, { class: 'title' });
  const from = cause ? element('span', { class: 'cause' }, cause) : undefined;
  return element(
    'li',
    { class: `message ${badge.tone}`, 'data-subs': sub },
    title,
    from,
    element('span', { class: `badge ${badge.tone}` }, badge.text),
  );
}

/** A profile or a user who moved. */
export function card({ subs, title, email, what, tags, badge, advice, id }) {
  return element(
    'li',
    { class: 'card', 'data-subs': subs.join(' ') },
    element(
      'p',
      { class: 'first' },
      foreign(title, { class: 'title' }),
      element('span', { class: `what ${toneOf(what)}` }, what),
    ),
    title === email ? undefined : foreign(email, { class: 'email' }),
    element('p', { class: 'tags' }, ...tags.map((tag) => element('span', {}, tag))),
    element(
      'p',
      { class: 'last' },
      badge && element('span', { class: `badge ${badge.tone}` }, badge.text),
      element('code', {}, id),
    ),
    advice && element('p', { class: 'advice' }, advice),
  );
}

/** One that is no longer there. */
export function goneCard({ name, email }, text, sub) {
  return element(
    'li',
    { class: 'card gone', 'data-subs': sub },
    element('p', { class: 'first' }, foreign(name || email, { class: 'title' })),
    element('p', { class: 'last' }, element('span', { class: 'badge bad' }, text)),
  );
}
