const CALM = matchMedia('(prefers-reduced-motion: reduce)');
const sky = document.getElementById('sky');

const GLIDE_MS = 320;
const FLIGHT_MS = 900;
/** In the air at once; the others arrive unseen. */
const IN_THE_AIR = 14;

/**
 * Draws, and lets what moved be seen to move: cards glide to their new place, and each message flies from
 * Cognito to the queue and on to WorkOS.
 */
export function flyAfter(events, state, draw) {
  if (CALM.matches || document.hidden || events.length === 0) return draw();
  const before = placesOfCards();
  draw();
  glide(before);
  for (const event of events) fly(event, state);
}

function placesOfCards() {
  const cards = document.querySelectorAll('.cards > li');
  return new Map([...cards].map((card) => [card.dataset.key, card.getBoundingClientRect()]));
}

function glide(before) {
  for (const card of document.querySelectorAll('.cards > li')) {
    const from = before.get(card.dataset.key);
    if (!from) {
      card.animate([{ opacity: 0, transform: 'scale(0.92)' }, {}], {
        duration: GLIDE_MS,
        easing: 'ease-out',
      });
      continue;
    }
    const to = card.getBoundingClientRect();
    const [x, y] = [from.left - to.left, from.top - to.top];
    if (x === 0 && y === 0) continue;
    card.animate([{ transform: `translate(${x}px, ${y}px)` }, {}], {
      duration: GLIDE_MS,
      easing: 'ease-out',
    });
  }
}

function fly(event, state) {
  const route = toRoute(event, state);
  if (route) launch(route.from, route.to, route.tone, state.isSum ? '' : route.label);
}

const ARRIVALS = ['created', 'linked', 'updated', 'unchanged'];

/** From where to where an event moves something; undefined for one that moves nothing. */
function toRoute(event, state) {
  switch (event.kind) {
    case 'queued': {
      const { sub, messageId } = event;
      if (event.isDeadLetter) {
        return { from: inQueue(sub), to: inDeadLetters(sub), tone: 'bad', label: 'dead letter' };
      }
      const message = [...state.waiting, ...state.delivered].find(({ id }) => id === messageId);
      return { from: inCognito(sub), to: inQueue(sub), tone: 'look', label: message?.cause };
    }
    case 'outcome': {
      const { sub, outcome } = event;
      if (outcome === 'conflict') {
        return { from: inQueue(sub), to: inCognito(sub), tone: 'conflict', label: 'conflict' };
      }
      if (!ARRIVALS.includes(outcome)) return undefined;
      return { from: inQueue(sub), to: inWorkos(sub), tone: 'good', label: outcome };
    }
    case 'user': {
      // What a command writes goes there without the queue.
      const { externalId: sub } = event.user;
      if (!sub || state.waiting.some((message) => message.sub === sub)) return undefined;
      return { from: inCognito(sub), to: inWorkos(sub), tone: 'good' };
    }
    default:
      return undefined;
  }
}

const inCognito = (sub) => placeOf('#profile-cards', '#profile-crowd', sub);
const inQueue = (sub) => placeOf('#queue .cards', '#waiting-count', sub);
const inWorkos = (sub) => placeOf('#user-cards', '#user-crowd', sub);
const inDeadLetters = (sub) => placeOf('#letter-cards', '#dead-letters', sub);

/** The card of a sub, else its dot, else the whole. */
function placeOf(cards, whole, sub) {
  const name = CSS.escape(sub);
  const found =
    document.querySelector(`${cards} > li[data-subs~="${name}"]`) ??
    document.querySelector(`${whole} [data-dot="${name}"]`) ??
    document.querySelector(whole);
  return found.getBoundingClientRect();
}

/** @param label is carried along, where one message flies alone. */
function launch(from, to, tone, label = '') {
  const isSeen = [from, to].every(({ bottom, top }) => bottom > 0 && top < innerHeight);
  if (!isSeen || sky.children.length >= IN_THE_AIR) return;
  const token = document.createElement('i');
  token.className = label ? `${tone} label` : tone;
  token.textContent = label;
  sky.append(token);
  const start = `translate(${middle(from)})`;
  const end = `translate(${middle(to)})`;
  const flight = token.animate(
    [
      { transform: `${start} scale(0.4)`, opacity: 0.2 },
      { transform: `${start} scale(1)`, opacity: 1, offset: 0.15 },
      { transform: `${end} scale(1)`, opacity: 1, offset: 0.9 },
      { transform: `${end} scale(0.3)`, opacity: 0 },
    ],
    { duration: FLIGHT_MS, easing: 'cubic-bezier(0.4, 0, 0.2, 1)' },
  );
  flight.finished.finally(() => token.remove());
}

function middle({ left, top, width, height }) {
  return `${left + Math.min(width, 60) / 2}px, ${top + Math.min(height, 40) / 2}px`;
}
