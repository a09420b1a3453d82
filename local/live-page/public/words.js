/** What the page says of profiles, users and outcomes, in words. */

/** Where a profile is with respect to WorkOS; `tone` colours it. */
export function standingOf(profile, outcome, holder) {
  if (outcome?.outcome === 'conflict') {
    return { tone: 'conflict', text: `conflict: ${spaced(outcome.reason)}` };
  }
  if (outcome?.outcome === 'rejected') return { tone: 'bad', text: 'refused by WorkOS' };
  if (holder && !profile.isEnabled) return { tone: 'look', text: 'disabled, still in WorkOS' };
  if (holder && holder.externalId !== profile.sub) return { tone: 'linked', text: 'linked' };
  if (holder) return { tone: 'good', text: 'in WorkOS' };
  const reason = skipReasonOf(profile);
  return { tone: 'rest', text: reason ? `not mirrored: ${reason}` : 'not in WorkOS yet' };
}

function skipReasonOf({ isEnabled, email, status }) {
  if (!isEnabled) return 'disabled';
  if (!email) return 'no email';
  return status === 'UNCONFIRMED' ? 'not confirmed' : '';
}

/** How a profile signs in, and whether its address is verified. */
export function profileTags({ status, providers, isVerified, email, isEnabled }) {
  const ways = [...(status === 'EXTERNAL_PROVIDER' ? [] : ['password']), ...providers];
  return [
    ways.join(' + '),
    ...(email ? [isVerified ? 'address verified' : 'address not verified'] : []),
    ...(isEnabled ? [] : ['disabled']),
    ...(STATUSES[status] ? [STATUSES[status]] : []),
  ];
}

const STATUSES = {
  UNCONFIRMED: 'not confirmed',
  FORCE_CHANGE_PASSWORD: 'made by an administrator',
  RESET_REQUIRED: 'has to reset the password',
};

/** The sync's metadata of a WorkOS user, in words. */
export function userTags({
  auth,
  providers,
  linked,
  isVerified,
  hasSignedIn,
  isMailed,
  externalId,
}) {
  const ways = [...(auth.includes('password') ? ['password'] : []), ...providers];
  const others = linked.length === 1 ? 'profile' : 'profiles';
  return [
    ...(externalId ? [ways.join(' + ')] : ['not from Cognito']),
    ...(isVerified ? [] : ['address not verified']),
    ...(auth.includes('carried') ? ['keeps the password of Cognito'] : []),
    ...(linked.length > 0 ? [`${linked.length} more Cognito ${others} linked`] : []),
    ...(isMailed ? ['mailed to choose a password'] : []),
    ...(hasSignedIn ? ['has signed in at WorkOS'] : []),
  ].filter(Boolean);
}

/** Which colour an outcome has. */
export function toneOf(outcome) {
  switch (outcome) {
    case 'created':
    case 'updated':
      return 'good';
    case 'linked':
      return 'linked';
    case 'conflict':
      return 'conflict';
    case 'rejected':
    case 'dead letter':
    case 'disabled':
    case 'deleted':
      return 'bad';
    default:
      return 'rest';
  }
}

export function outcomeText({ outcome, reason }) {
  if (outcome === undefined) return 'superseded';
  return reason === undefined ? outcome : `${outcome}: ${spaced(reason)}`;
}

/** `unverified_in_workos`, for people. */
export function spaced(reason = '') {
  return reason.replaceAll('_', ' ').replace('workos', 'WorkOS').replace('cognito', 'Cognito');
}

export function counted(count, noun, plural = `${noun}s`) {
  return `${count.toLocaleString('en')} ${count === 1 ? noun : plural}`;
}

export function shortId(id) {
  return id.slice(0, 8);
}
