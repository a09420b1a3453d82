import type { ForeignText } from '../../page/foreign-text.ts';
import { toCount } from '../../page/format.ts';
import { type Html, html } from '../../page/html.ts';
import { unknown } from '../../page/parts.ts';
import { FLOW_ADVICE, type SignInFlow } from '../app-client.ts';
import type { Assessment } from '../facts.ts';
import type { HeldTrigger, PoolProfile } from '../pool-profile.ts';

/** What the pool itself is: its settings, its app clients, the functions it calls, its groups. */
export function pool(assessment: Assessment, shown: ForeignText): Html {
  const { profile } = assessment;
  return html`<section id="pool"><h2>What is this pool?</h2>
<section id="settings"><h3>Settings</h3>${profile.known ? settings(profile.value, assessment, shown) : unknown(profile.why, shown)}</section>
<section id="clients"><h3>App clients</h3>${clients(assessment, shown)}</section>
<section id="functions"><h3>Functions that Cognito calls</h3>${profile.known ? functions(profile.value, shown) : unknown(profile.why, shown)}</section>
<section id="groups"><h3>Groups</h3>${groups(assessment, shown)}</section>
</section>`;
}

function settings(profile: PoolProfile, { mfa }: Assessment, shown: ForeignText): Html {
  const { signIn, domain, emailSender, threatProtection, firstFactors, tier } = profile;
  const rows: [string, Html | string][] = [
    ['Users sign in with', signIn.by.join(', ')],
    ['Upper and lower case', signIn.isCaseSensitive ? 'differ in user names' : 'are the same'],
    ['First step', firstFactors.join(', ')],
    ['Second factor', mfaToText(mfa, profile)],
    ['Hosted sign-in pages', domain === undefined ? 'none' : shown.id(domain)],
    ['Emails', emailSender === 'DEVELOPER' ? 'by Amazon SES' : 'by Cognito itself'],
    ['Threat protection', threatProtection.toLowerCase()],
    ['Remembers devices', profile.remembersDevices ? 'yes' : 'no'],
    ['Sign-up', profile.isSignUpClosed ? 'by administrators alone' : 'open'],
    ['Feature plan', tier === undefined ? 'not said' : shown.text(tier)],
  ];
  return html`<table class="plain"><caption class="aside">Settings of the user pool</caption>
<thead class="aside"><tr><th scope="col">Setting</th><th scope="col">Value</th></tr></thead>
<tbody>${rows.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}</tbody></table>`;
}

const MFA_WORDS = { OFF: 'off', OPTIONAL: 'optional', ON: 'required' };

function mfaToText(mfa: Assessment['mfa'], profile: PoolProfile): string {
  const setting = MFA_WORDS[mfa.known ? mfa.value.setting : profile.mfa];
  if (!mfa.known) return `${setting}; which kinds is not known (${mfa.why})`;
  const { kinds } = mfa.value;
  return mfa.value.setting === 'OFF' || kinds.length === 0
    ? setting
    : `${setting}: ${kinds.join(', ')}`;
}

function clients({ appClients }: Assessment, shown: ForeignText): Html {
  if (!appClients.known) return unknown(appClients.why, shown);
  const { clients: all, notDescribed } = appClients.value;
  if (all.length === 0) return html`<p>The pool has no app client: no user can sign in.</p>`;
  const flows = new Map<SignInFlow, string[]>();
  for (const { name, flows: own } of all) {
    for (const flow of own) flows.set(flow, [...(flows.get(flow) ?? []), name]);
  }
  const rows = [...flows].map(([flow, names]) => {
    const { name, carry, todo } = FLOW_ADVICE[flow];
    const seen = names.slice(0, MOST_NAMES).join(', ');
    const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
    return html`<tr><th scope="row">${name}</th><td data-title="App clients"><div>${shown.text(seen)}${more}</div></td><td data-title="Passwords"><div><span class="state ${carry === 'yes' || carry === 'server' ? 'ok' : 'look'}">${CARRY_WORDS[carry]}</span> ${todo}</div></td></tr>`;
  });
  return html`<table class="examples"><caption>Ways to sign in that the app clients allow; which of them users take, Cognito does not say</caption>
<thead><tr><th scope="col">Way</th><th scope="col">App clients</th><th scope="col">Carrying passwords over</th></tr></thead>
<tbody>${rows}</tbody></table>
${notDescribed > 0 && html`<p class="unknown"><strong>Not known of ${toCount(notDescribed)} more.</strong> So many app clients are not asked about one by one.</p>`}`;
}

const MOST_NAMES = 8;
const CARRY_WORDS = {
  yes: 'possible',
  server: 'on your server',
  change: 'after a change',
  no: 'not possible',
};

const KIND_WORDS: Record<HeldTrigger['kind'], string> = {
  ours: 'this service',
  chain: 'to be chained: ours calls it',
  unchainable: 'stands in the way',
  other: 'not called after the cutover',
};

function functions({ triggers }: PoolProfile, shown: ForeignText): Html {
  if (triggers.length === 0) return html`<p>None: all triggers are free.</p>`;
  const rows = triggers.map(
    ({ trigger, functionArn, kind }) =>
      html`<tr><th scope="row">${shown.text(trigger)}</th><td data-title="Function"><div>${shown.id(functionArn)}</div></td><td data-title="With the sync"><div>${KIND_WORDS[kind]}</div></td></tr>`,
  );
  return html`<table class="examples"><caption>Triggers that are held now</caption>
<thead><tr><th scope="col">Trigger</th><th scope="col">Function</th><th scope="col">With the sync</th></tr></thead>
<tbody>${rows}</tbody></table>`;
}

const MOST_GROUPS = 40;

function groups({ groups: found }: Assessment, shown: ForeignText): Html {
  if (!found.known) return unknown(found.why, shown);
  const { names } = found.value;
  if (names.length === 0) return html`<p>The pool has no groups.</p>`;
  const seen = names.slice(0, MOST_GROUPS).join(', ');
  const more = names.length > MOST_GROUPS ? ` and ${toCount(names.length - MOST_GROUPS)} more` : '';
  return html`<p>${toCount(names.length)}: ${shown.text(seen)}${more}. Their members are not counted.</p>`;
}
