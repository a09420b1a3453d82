/**
 * What the page shows, computed from the events alone: in the server, for tabs that are opened later, and in
 * each tab. No clock and no randomness, so that all of them agree.
 */

/** How much is kept of what could grow for ever. */
const KEPT = { lines: 60, moved: 5, delivered: 6, deadLetters: 20, causes: 200 };

/** As many changes at once are a listing, not people who move. */
const FEW = 3;

export function emptyState() {
  return {
    phase: { name: 'starting', text: 'Starting' },
    steps: [],
    stepsInAll: 0,
    isSum: false,
    profiles: {},
    users: {},
    outcomes: {},
    causes: {},
    waiting: [],
    delivered: [],
    deadLetters: { count: 0, letters: [] },
    messages: 0,
    totals: {},
    movedProfiles: [],
    movedUsers: [],
  };
}

/** Changes `state` by one event and returns it. */
export function applyEvent(state, { event, lines }) {
  APPLY[event.kind]?.(state, event);
  for (const line of lines) addLine(state, line);
  return state;
}

const APPLY = {
  phase(state, { phase, text }) {
    state.phase = { name: phase, text };
    if (phase === 'open') addStep(state, text);
  },
  step(state, { title, steps }) {
    state.phase = { name: 'playing', text: '' };
    state.stepsInAll = steps;
    addStep(state, title);
  },
  sum(state, { isOn }) {
    state.isSum = isOn;
  },
  profiles(state, { profiles }) {
    for (const profile of profiles) {
      const what = profileChange(state.profiles[profile.sub], profile);
      state.profiles[profile.sub] = profile;
      if (what && profiles.length <= FEW) moveProfile(state, profile, what);
    }
  },
  'profile-gone'(state, { sub }) {
    const profile = state.profiles[sub];
    delete state.profiles[sub];
    delete state.outcomes[sub];
    if (profile) moveProfile(state, profile, 'deleted');
  },
  trigger(state, { source, sub }) {
    addCause(state, sub, triggerName(source));
    const profile = state.profiles[sub];
    if (profile) moveProfile(state, profile, triggerText(source, profile));
  },
  change(state, { name, sub }) {
    if (sub !== '') addCause(state, sub, `CloudTrail: ${name}`);
  },
  queued(state, event) {
    if (event.isDeadLetter) return bury(state, event);
    const { messageId, sub } = event;
    if ([...state.waiting, ...state.delivered].some(({ id }) => id === messageId)) return;
    const cause = state.causes[sub] ?? (state.isSum ? 'the patrol' : 'a message');
    delete state.causes[sub];
    state.messages++;
    state.waiting.push({ id: messageId, sub, label: labelOf(state, sub), cause, state: 'waiting' });
  },
  'dead-letters'(state, { count }) {
    const { letters } = state.deadLetters;
    // Which of them were taken is not known; the oldest are the first to go.
    state.deadLetters = { count, letters: count === 0 ? [] : letters.slice(-count) };
  },
  taken(state, { messageIds }) {
    for (const message of state.waiting) {
      if (messageIds.includes(message.id)) message.state = 'taken';
    }
  },
  outcome(state, { messageId, sub, outcome, reason, advice }) {
    const key = reason === undefined ? outcome : `${outcome}: ${reason}`;
    state.totals[key] = (state.totals[key] ?? 0) + 1;
    if (state.profiles[sub]) state.outcomes[sub] = { outcome, reason, advice };
    const message = [...state.waiting, ...state.delivered].find(({ id }) => id === messageId);
    if (message) Object.assign(message, { outcome, reason });
    if (state.isSum && outcome === 'unchanged') return;
    const user = holderOf(state, sub);
    if (user) moveUser(state, user, outcome);
  },
  settled(state, { done, kept }) {
    for (const message of state.waiting) {
      if (kept.includes(message.id)) message.state = 'again';
    }
    const settled = state.waiting.filter(({ id }) => done.includes(id));
    if (settled.length === 0) return;
    state.waiting = state.waiting.filter(({ id }) => !done.includes(id));
    state.delivered = [...settled.reverse(), ...state.delivered].slice(0, KEPT.delivered);
  },
  user(state, { user }) {
    const what = userChange(state.users[user.id], user);
    state.users[user.id] = user;
    // A conflict of a profile that WorkOS has now is over; one that goes on is reported after this.
    for (const sub of [user.externalId, ...user.linked]) {
      if (state.outcomes[sub]?.outcome === 'conflict') delete state.outcomes[sub];
    }
    if (what) moveUser(state, user, what);
  },
  'user-gone'(state, { id }) {
    const user = state.users[id];
    delete state.users[id];
    if (user) moveUser(state, user, 'deleted');
  },
};

/** The WorkOS user of a profile: its own, or the one that it is linked to. */
export function holderOf(state, sub) {
  return Object.values(state.users).find(
    ({ externalId, linked }) => externalId === sub || linked.includes(sub),
  );
}

function addStep(state, title) {
  state.steps.push({ number: state.steps.length + 1, title, lines: [], cut: 0 });
}

function addLine(state, line) {
  const step = state.steps.at(-1);
  if (!step) return;
  step.lines.push(line);
  if (step.lines.length <= KEPT.lines) return;
  step.lines.shift();
  step.cut++;
}

/** What became of a profile, in words; undefined where nothing that is shown is another. */
function profileChange(before, after) {
  if (!before) return 'new';
  if (before.isEnabled !== after.isEnabled) return after.isEnabled ? 'enabled' : 'disabled';
  if (before.email !== after.email) return 'new address';
  if (before.name !== after.name) return 'new name';
  if (before.status !== after.status || before.isVerified !== after.isVerified) return 'confirmed';
  return undefined;
}

/** The same of a WorkOS user. */
function userChange(before, after) {
  if (!before) return 'new';
  if (!before.hasSignedIn && after.hasSignedIn) return 'signed in';
  if (!before.isMailed && after.isMailed) return 'mailed';
  if (before.email !== after.email) return 'new address';
  if (before.name !== after.name) return 'new name';
  return JSON.stringify(before) === JSON.stringify(after) ? undefined : 'new tags';
}

/** `PreAuthentication` of `PreAuthentication_Authentication`. */
function triggerName(source) {
  return source.split('_')[0];
}

function triggerText(source, { providers, status }) {
  const through = status === 'EXTERNAL_PROVIDER' ? ` through ${providers[0]}` : '';
  if (triggerName(source) === 'PreAuthentication') return `signs in${through}`;
  if (triggerName(source) === 'PostAuthentication') return `signed in${through}`;
  return through ? `came${through}` : 'confirmed';
}

function moveProfile(state, { sub, name, email }, what) {
  const others = state.movedProfiles.filter((moved) => moved.sub !== sub);
  state.movedProfiles = [{ sub, name, email, what }, ...others].slice(0, KEPT.moved);
}

function moveUser(state, { id, name, email, externalId }, what) {
  const others = state.movedUsers.filter((moved) => moved.id !== id);
  state.movedUsers = [{ id, name, email, externalId, what }, ...others].slice(0, KEPT.moved);
}

function addCause(state, sub, cause) {
  state.causes[sub] = cause;
  const [oldest, ...rest] = Object.keys(state.causes);
  if (rest.length >= KEPT.causes) delete state.causes[oldest];
}

function bury(state, { messageId, sub, reason }) {
  const letter = { id: messageId, sub, label: labelOf(state, sub), reason: reason ?? 'no reason' };
  const message = [...state.waiting, ...state.delivered].find((each) => each.sub === sub);
  if (message) Object.assign(message, { outcome: 'dead letter', reason: reason ?? 'no reason' });
  const { count, letters } = state.deadLetters;
  state.deadLetters = {
    count: count + 1,
    letters: [...letters, letter].slice(-KEPT.deadLetters),
  };
}

function labelOf({ profiles }, sub) {
  const profile = profiles[sub];
  return profile?.name || profile?.email || sub;
}
