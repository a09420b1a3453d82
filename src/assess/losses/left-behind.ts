import { counted, sumOf } from '../../page/format.ts';
import { CUSTOM_AUTH } from '../custom-auth.ts';
import type { Assessment, Loss } from '../facts.ts';
import { known } from './known.ts';

/** Whom and what the sync leaves behind; undefined where the pool has nothing of the kind. */
type LeftBehind = Loss | undefined;

export function phoneOnly({ users }: Assessment): LeftBehind {
  if (users.phoneOnly === 0) return undefined;
  return {
    name: 'phone_only',
    title: 'Users with a phone number alone',
    affected: known(users.phoneOnly),
    means:
      'They have no email, so that WorkOS cannot have them, and a phone number is no login there.',
    todo: 'Ask for an address in the application before the cutover. Users who give none stay behind.',
  };
}

export function noEmail({ users }: Assessment): LeftBehind {
  const count = users.email.none - users.phoneOnly;
  if (count === 0) return undefined;
  return {
    name: 'no_email',
    title: 'Users without an email',
    affected: known(count),
    means: 'A WorkOS user has an email. Users without one are not brought (skipped: no_email).',
    todo: 'Ask these users for an address at their next sign-in, and have Cognito verify it.',
  };
}

export function unverifiedEmail({ users, forecast }: Assessment): LeftBehind {
  // Fewer than have such an address: sign-ups that were never confirmed do not come.
  const count = users.comesUnverified;
  if (count === 0) return undefined;
  const stopped = forecast.conflictReasons.unverified_email ?? 0;
  const blocked =
    stopped > 0
      ? ` ${stopped} of them in conflict: a WorkOS user has the address, and is left alone.`
      : '';
  return {
    name: 'unverified_email',
    title: 'Addresses that Cognito has not verified',
    affected: known(count),
    means: `They come along as unverified: WorkOS asks these users to verify at the first sign-in, and they get no reset mail.${blocked}`,
    todo: 'Map email_verified from providers that verify, name providers you trust in trustedEmailProviders, and let the others verify in Cognito.',
  };
}

export function groups({ groups: found }: Assessment): LeftBehind {
  if (found.known && found.value.names.length === 0) return undefined;
  const names = found.known ? found.value.names : [];
  return {
    name: 'groups',
    title: 'Groups',
    affected: {
      kind: 'unknown',
      why: found.known
        ? 'the members are not counted: it costs a request for every 60 of them from the quota of ListUsers'
        : found.why,
    },
    means: found.known
      ? `${counted(names.length, 'group')}. The sync brings users, not their groups or roles.`
      : 'Whether the pool has groups could not be read. The sync brings users, not their groups or roles.',
    todo: 'Make roles or organizations of them in WorkOS, or keep the permissions in your application by the external id.',
  };
}

export function customAttributes({ users }: Assessment): LeftBehind {
  const count = Object.keys(users.customAttributes).length;
  if (count === 0) return undefined;
  return {
    name: 'custom_attributes',
    title: 'Custom attributes',
    affected: known(users.withCustomAttributes),
    means: `${count} custom ${count === 1 ? 'attribute has' : 'attributes have'} values. The sync does not bring them.`,
    todo: 'Copy what the application needs into its own database, by the sub, before the pool is deleted.',
  };
}

export function triggers({ profile, users }: Assessment): LeftBehind {
  if (!profile.known) return undefined;
  const held = profile.value.triggers.filter(
    ({ kind, trigger }) => kind === 'other' && !CUSTOM_AUTH.has(trigger),
  );
  if (held.length === 0) return undefined;
  return {
    name: 'triggers',
    title: 'Functions that Cognito calls',
    affected: { kind: 'at_most', users: users.total },
    names: held.map(({ trigger }) => trigger),
    means: 'WorkOS calls none of them after the cutover.',
    todo: 'Find out what each does. WorkOS has JWT templates for claims, its own mails, Actions at sign-up and sign-in.',
  };
}

export function leftOut({ forecast }: Assessment): LeftBehind {
  const { no_email: _, ...others } = forecast.seed.skipped;
  const count = sumOf(others);
  if (count === 0) return undefined;
  const reasons = Object.entries(others).map(([reason, users]) => `${users} ${reason}`);
  return {
    name: 'left_out',
    title: 'Disabled users, and sign-ups that were never confirmed',
    affected: known(count),
    means: `They are not brought: ${reasons.join(', ')}. WorkOS has no state "disabled".`,
    todo: 'Look whether some of them should come, and enable or confirm those in Cognito.',
  };
}
