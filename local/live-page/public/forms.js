import { element, setText } from './elements.js';

/** What people do themselves, once the story is over: sent to the local Cognito and queue. */
export function startForms() {
  const forms = ['sign-up-form', 'profile-form', 'message-form'].map((id) =>
    document.getElementById(id),
  );
  const [signUp, profile, message] = forms;
  const choice = document.getElementById('profile-choice');
  let shownProfiles = '';
  let current = {};

  choice.addEventListener('change', () => showActions(current));

  onSubmit(signUp, ({ email, name, through }) => ({
    action: 'sign-up',
    email: email.trim(),
    name,
    through,
  }));
  onSubmit(profile, ({ sub, name }, action) => ({
    action,
    sub,
    ...(action === 'sign-in' && { name }),
  }));
  onSubmit(message, (_fields, action) => ({ action }));

  /** Disabling what is disabled would do nothing. */
  function showActions(profiles) {
    const isEnabled = profiles[choice.value]?.isEnabled ?? true;
    const [shown, hidden] = (isEnabled ? ['disable', 'enable'] : ['enable', 'disable']).map(
      (action) => profile.querySelector(`[value=${action}]`),
    );
    shown.hidden = false;
    // The focus of a keyboard would be lost with the button.
    if (document.activeElement === hidden) shown.focus();
    hidden.hidden = true;
  }

  function renderChoice({ profiles, movedProfiles }) {
    const recent = movedProfiles.flatMap(({ sub }) => profiles[sub] ?? []);
    const rest = Object.values(profiles).filter((each) => !recent.includes(each));
    const options = [...recent, ...rest].filter(({ email }) => email).slice(0, 400);
    const shown = JSON.stringify(
      options.map(({ sub, name, email, isEnabled }) => [sub, name, email, isEnabled]),
    );
    // A list that is open must not change under the pointer.
    if (shown === shownProfiles || document.activeElement === choice) return;
    shownProfiles = shown;
    const chosen = choice.value;
    // Never another one in the place of the one that was chosen and is gone.
    const none = element('option', { value: '' }, 'Choose a profile');
    choice.replaceChildren(none, ...options.map(toOption));
    if (options.some(({ sub }) => sub === chosen)) choice.value = chosen;
  }

  return {
    render(state, isConnected) {
      const isOpen = state.phase.name === 'open' && isConnected;
      for (const form of forms) form.querySelector('fieldset').disabled = !isOpen;
      setText(document.getElementById('visit-hint'), isOpen ? OPEN : hintOf(state));
      current = state.profiles;
      if (!isOpen) return;
      renderChoice(state);
      showActions(current);
    },
  };
}

const OPEN =
  'It goes through the real triggers, the real queue and the real consumer. Watch it arrive.';

function hintOf({ phase }) {
  return phase.name === 'ended' ? 'The run has ended.' : 'The forms open when the story is over.';
}

function toOption({ sub, name, email, providers, isEnabled }) {
  const through = providers.length > 0 ? `, ${providers.join(' + ')}` : '';
  const disabled = isEnabled ? '' : ', disabled';
  return element('option', { value: sub }, `${name || 'no name'}, ${email}${through}${disabled}`);
}

function onSubmit(form, toRequest) {
  const answer = form.querySelector('.answer');
  let isAsking = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    // A double click means it once.
    if (isAsking) return;
    isAsking = true;
    const fields = Object.fromEntries(new FormData(form));
    answer.className = 'answer';
    answer.textContent = 'Asking Cognito';
    const { done, error, message } = await send(toRequest(fields, event.submitter?.value));
    answer.className = done === undefined ? 'answer bad' : 'answer good';
    answer.textContent = done ?? `${error}: ${message}`;
    if (done !== undefined) clearTyped(form, fields);
    isAsking = false;
  });
}

/** What was chosen stays chosen, and what has been typed since stays, too. */
function clearTyped(form, sent) {
  for (const input of form.querySelectorAll('input:not([type=radio])')) {
    if (input.value === sent[input.name]) input.value = '';
  }
}

async function send(request) {
  try {
    const response = await fetch('/act', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    return await response.json();
  } catch {
    return { error: 'No answer', message: 'the run cannot be reached.' };
  }
}
