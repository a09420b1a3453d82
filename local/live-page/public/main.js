import { renderBoard } from './board.js';
import { setText } from './elements.js';
import { startForms } from './forms.js';
import { flyAfter } from './motion.js';
import { applyEvent, emptyState } from './page-state.js';
import { createStory } from './story.js';

/** Until the next attempt, after the browser itself has given up. */
const RETRY_MS = 2_000;

const byId = (id) => document.getElementById(id);
const story = createStory();
const forms = startForms();
let state = emptyState();
let lastId;
let isConnected = false;
let isScheduled = false;
/** Since the page was drawn last. */
let news = [];

connect();

function connect() {
  const after = lastId === undefined ? '' : `?after=${encodeURIComponent(lastId)}`;
  const source = new EventSource(`/events${after}`);
  source.addEventListener('open', () => setConnected(true));
  source.addEventListener('snapshot', ({ data, lastEventId }) => {
    state = JSON.parse(data);
    lastId = lastEventId;
    news = [];
    schedule();
  });
  source.addEventListener('told', ({ data, lastEventId }) => {
    const told = JSON.parse(data);
    applyEvent(state, told);
    lastId = lastEventId;
    news.push(told.event);
    schedule();
  });
  source.addEventListener('error', () => {
    setConnected(false);
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, RETRY_MS);
  });
}

function setConnected(value) {
  isConnected = value;
  schedule();
}

/** However many events there are, the page is drawn once a frame. */
function schedule() {
  if (isScheduled) return;
  isScheduled = true;
  requestAnimationFrame(() => {
    isScheduled = false;
    const events = news;
    news = [];
    flyAfter(events, state, draw);
  });
}

function draw() {
  drawConnection();
  drawHeader();
  story.render(state);
  renderBoard(state);
  forms.render(state, isConnected);
}

function drawConnection() {
  const target = byId('connection');
  const isOver = state.phase.name === 'ended';
  target.dataset.state = isOver ? 'ended' : isConnected ? 'live' : 'lost';
  setText(
    target,
    isOver ? 'The run has ended' : isConnected ? 'Live' : 'Connection lost, trying again',
  );
}

function drawHeader() {
  const { phase, steps, stepsInAll } = state;
  const { number = 0, title = '' } = steps.at(-1) ?? {};
  const isPlaying = phase.name === 'playing';
  document.body.dataset.phase = phase.name;
  setText(byId('where'), isPlaying ? `Step ${number} of ${stepsInAll}` : PHASES[phase.name]);
  setText(byId('now'), isPlaying ? title : phase.text);
  document.title = isPlaying
    ? `${number}/${stepsInAll} Local run`
    : `${PHASES[phase.name]}: local run`;
  drawTicks(byId('ticks'), Math.min(number, stepsInAll), stepsInAll);
}

const PHASES = {
  starting: 'Starting',
  open: 'The story is over',
  ended: 'The run has ended',
};

function drawTicks(list, done, all) {
  while (list.children.length < all) list.append(document.createElement('li'));
  for (const [index, tick] of [...list.children].entries()) {
    tick.className = index < done - 1 ? 'done' : index === done - 1 ? 'current' : '';
  }
}
