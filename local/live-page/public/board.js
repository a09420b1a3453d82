import { card, goneCard, messageCard } from './cards.js';
import { renderCrowd, toLegend } from './crowd.js';
import { element, renderList, setText } from './elements.js';
import {
  outcomeText,
  profileTags,
  shortId,
  spaced,
  standingOf,
  toneOf,
  userTags,
} from './words.js';

/** Of the messages on their way, so many are shown one by one. */
const SHOWN_MESSAGES = 5;

const byId = (id) => document.getElementById(id);

/** Draws the three columns. */
export function renderBoard(state) {
  const holders = indexHolders(state);
  renderProfiles(state, holders);
  renderQueue(state);
  renderUsers(state);
}

/** The WorkOS user of each sub. */
function indexHolders({ users }) {
  const holders = new Map();
  for (const user of Object.values(users)) {
    for (const sub of user.linked) holders.set(sub, user);
    if (user.externalId) holders.set(user.externalId, user);
  }
  return holders;
}

function renderProfiles(state, holders) {
  const standing = (profile) =>
    standingOf(profile, state.outcomes[profile.sub], holders.get(profile.sub));
  const profiles = Object.values(state.profiles);
  const people = profiles.map((profile) => ({ key: profile.sub, ...standing(profile) }));
  setText(byId('profile-count'), profiles.length.toLocaleString('en'));
  renderCrowd(byId('profile-crowd'), people);
  renderLegend(byId('profile-legend'), toLegend(people));
  const cards = state.movedProfiles.map((moved) => {
    const profile = state.profiles[moved.sub];
    if (!profile) return { moved };
    const advice = state.outcomes[moved.sub]?.advice;
    return { moved, profile, standing: standing(profile), advice };
  });
  renderList(byId('profile-cards'), cards, ({ moved }) => `p:${moved.sub}`, profileCard);
}

function profileCard({ moved, profile, standing, advice }) {
  if (!profile) return goneCard(moved, 'deleted in Cognito', moved.sub);
  return card({
    subs: [profile.sub],
    title: profile.name || profile.email || 'no name',
    email: profile.email || 'no email',
    what: moved.what,
    tags: profileTags(profile),
    badge: standing,
    advice,
    id: `sub ${shortId(profile.sub)}`,
  });
}

function renderQueue({ waiting, delivered, deadLetters, totals, messages }) {
  setText(byId('waiting-count'), waiting.length.toLocaleString('en'));
  setText(
    byId('waiting-text'),
    waiting.length === 1 ? 'message on its way' : 'messages on their way',
  );
  renderList(
    byId('waiting-cards'),
    waiting.slice(0, SHOWN_MESSAGES),
    ({ id }) => `m:${id}`,
    (message) => messageCard(message, { tone: 'look', text: STATES[message.state] }),
  );
  setText(
    byId('delivered-title'),
    `Taken by the consumer: ${(messages - waiting.length).toLocaleString('en')}`,
  );
  renderList(
    byId('delivered-cards'),
    delivered,
    ({ id }) => `m:${id}`,
    (message) =>
      messageCard(message, { tone: toneOf(message.outcome), text: outcomeText(message) }),
  );
  renderLegend(
    byId('totals'),
    Object.entries(totals).map(([key, count]) => ({
      tone: toneOf(key.split(':')[0]),
      text: spaced(key),
      count,
    })),
  );
  const { count, letters } = deadLetters;
  byId('dead-letters').classList.toggle('filled', count > 0);
  setText(byId('letter-count'), String(count));
  setText(byId('letter-text'), count === 1 ? 'dead letter' : 'dead letters');
  renderList(
    byId('letter-cards'),
    letters.toReversed(),
    ({ id }) => `d:${id}`,
    ({ label, sub, reason }) =>
      messageCard({ label, sub, cause: '' }, { tone: 'bad', text: spaced(reason) }),
  );
}

const STATES = { waiting: 'waiting', taken: 'with the consumer', again: 'to be tried again' };

function renderUsers(state) {
  const users = Object.values(state.users);
  const people = users.map((user) => ({ key: user.externalId || user.id, ...kindOf(user) }));
  setText(byId('user-count'), users.length.toLocaleString('en'));
  renderCrowd(byId('user-crowd'), people);
  renderLegend(byId('user-legend'), toLegend(people));
  const cards = state.movedUsers.map((moved) => ({ moved, user: state.users[moved.id] }));
  renderList(byId('user-cards'), cards, ({ moved }) => `u:${moved.id}`, userCard);
}

function kindOf({ externalId, auth, hasSignedIn, isMailed, providers }) {
  if (!externalId) return { tone: 'bad', text: 'not from Cognito' };
  if (hasSignedIn) return { tone: 'blue', text: 'signed in at WorkOS' };
  if (auth.includes('carried')) return { tone: 'conflict', text: 'keeps the password' };
  if (isMailed) return { tone: 'look', text: 'mailed' };
  if (providers.length > 0) return { tone: 'linked', text: 'through a provider' };
  return { tone: 'good', text: 'with a password' };
}

function userCard({ moved, user }) {
  if (!user) return goneCard(moved, 'deleted in WorkOS', moved.externalId);
  return card({
    subs: [user.externalId, ...user.linked],
    title: user.name || user.email,
    email: user.email,
    what: moved.what,
    tags: userTags(user),
    badge: undefined,
    id: user.externalId
      ? `external id ${shortId(user.externalId)}${user.linked.map((sub) => ` + ${shortId(sub)}`).join('')}`
      : 'no external id',
  });
}

function renderLegend(list, groups) {
  renderList(
    list,
    groups,
    ({ text }) => text,
    ({ tone, text, count }) =>
      element(
        'li',
        { class: `badge ${tone}` },
        element('strong', {}, count.toLocaleString('en')),
        ` ${text}`,
      ),
  );
}
