import { barList, stackedBar } from '../../page/charts.ts';
import type { ForeignText } from '../../page/foreign-text.ts';
import { counted, toCount, toRanking } from '../../page/format.ts';
import { type Html, html } from '../../page/html.ts';
import type { Assessment } from '../facts.ts';

/** Who the users are: how they sign in, their states and addresses, providers and custom attributes. */
export function users(assessment: Assessment, shown: ForeignText): Html {
  const { users: found } = assessment;
  const { native, linked, federated, email, total, duplicates } = found;
  const kinds = stackedBar('How they sign in; every profile counts once', [
    { name: 'Password only', count: native, tone: 'one' },
    { name: 'Password and provider', count: linked, tone: 'three' },
    { name: 'Provider only', count: federated, tone: 'two' },
  ]);
  const addresses = stackedBar('Their email in Cognito', [
    { name: 'Verified', count: email.verified, tone: 'good' },
    { name: 'Not verified', count: email.unverified, tone: 'look' },
    { name: 'None', count: email.none, tone: 'bad' },
  ]);
  const statuses = toRanking(found.statuses).map(({ name, count }) => ({
    name: shown.plain(STATUS_WORDS.get(name) ?? name),
    label: shown.text(STATUS_WORDS.get(name) ?? name),
    count,
  }));
  return html`<section id="users"><h2>Who are the users?</h2>
<div class="pair"><div>${kinds}</div><div>${addresses}</div></div>
<div class="pair"><div>${barList('Status in Cognito', statuses, { whole: total, tone: 'one' })}</div><div>${providers(assessment, shown)}</div></div>
<ul class="facts"><li>${counted(found.disabled, 'user is', 'users are')} disabled.</li>
<li>${
    duplicates.addresses === 0
      ? 'No address has more than one profile.'
      : `${counted(duplicates.profiles, 'profile')} share ${counted(duplicates.addresses, 'address', 'addresses')}: those that are verified become one person in WorkOS.`
  }</li>
<li>${counted(found.withPhone, 'user has', 'users have')} a phone number, ${toCount(found.phoneOnly)} of them without an email.</li></ul>
${attributes(assessment, shown)}</section>`;
}

/** Cognito's own words are for programs (API reference, UserType: UserStatus). */
const STATUS_WORDS = new Map([
  ['CONFIRMED', 'Confirmed'],
  ['UNCONFIRMED', 'Not confirmed'],
  ['EXTERNAL_PROVIDER', 'From a provider'],
  ['FORCE_CHANGE_PASSWORD', 'Has a temporary password'],
  ['RESET_REQUIRED', 'Must reset the password'],
]);

const COUNTERPARTS = {
  oauth: undefined,
  sso: 'an SSO connection in WorkOS',
  none: 'not in WorkOS',
  some: 'in WorkOS, too',
  gone: 'no longer in the pool',
} as const;

function providers({ assessedProviders, users: { total } }: Assessment, shown: ForeignText): Html {
  if (assessedProviders.length === 0) {
    return html`<p>No user signs in through a provider.</p>`;
  }
  const rows = assessedProviders
    .toSorted((one, other) => other.people - one.people)
    .map(({ name, people, counterpart, workos }) => {
      const note = COUNTERPARTS[counterpart] ?? `${workos} in WorkOS`;
      return {
        name: shown.plain(name),
        label: html`${shown.text(name)} <span class="note">${note}</span>`,
        count: people,
      };
    });
  return barList('People of each provider; who uses two counts for both', rows, {
    whole: total,
    tone: 'two',
  });
}

function attributes({ users: found }: Assessment, shown: ForeignText): Html | false {
  const rows = toRanking(found.customAttributes).map(({ name, count }) => ({
    name: shown.plain(name),
    label: shown.id(name),
    count,
  }));
  return (
    rows.length > 0 &&
    barList('Custom attributes, by how many users have a value', rows, {
      whole: found.total,
      tone: 'three',
    })
  );
}
