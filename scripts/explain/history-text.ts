import { toDay } from '../../src/explain/day.ts';
import type { Explanation, LedgerFacts } from '../../src/explain/explanation.ts';
import { NO_MAIL_ADVICE } from '../../src/password-resets/no-mail.ts';
import type { Section } from './section.ts';

/** Whether the password of Cognito works at WorkOS, and if not, how the person gets one. */
export function passwordSection({ password, workos }: Explanation): Section | undefined {
  const title = 'The password';
  const user = workos.known ? (workos.value.own ?? workos.value.byEmail) : null;
  switch (password.kind) {
    case 'none':
      return undefined;
    case 'of_workos':
      return {
        title,
        lines: ['The one of WorkOS counts: the person has signed in there.'],
        rows: [],
      };
    case 'carried':
      return {
        title,
        lines: [
          workos.known && workos.value.own === null
            ? 'Carried over is the password of the person’s other profile; that of this one does not work at WorkOS. No reset mail is sent.'
            : 'Carried over: the password of Cognito works at WorkOS, too. No reset mail is needed.',
        ],
        rows: [],
      };
    case 'not_carried': {
      // Who is not mirrored at all needs no password there.
      if (!user) return undefined;
      const { mail, mailedAt } = password;
      const sent =
        mailedAt === undefined
          ? 'No reset mail was sent by this tool.'
          : `A reset mail was asked for on ${toDay(mailedAt)} (by npx cws reset-passwords, from whichever machine).`;
      const next =
        mail === 'would_be_sent'
          ? 'npx cws reset-passwords would send one.'
          : mail === 'mailed_before'
            ? 'No second one is sent.'
            : `npx cws reset-passwords would send none: ${NO_MAIL_ADVICE[mail].means} ${NO_MAIL_ADVICE[mail].todo}`;
      return {
        title,
        lines: [
          'Not carried over: the password of Cognito does not work at WorkOS.',
          `${sent} ${next}`,
        ],
        rows: [],
      };
    }
  }
}

/** What the sync remembers of this profile. */
export function ledgerSection({ ledger, forecast, sub }: Explanation): Section | undefined {
  if (sub === null) return undefined;
  const title = 'What the sync remembers of this profile (its ledger)';
  if (!ledger.known) return { title, lines: [`Unknown: ${ledger.why}.`], rows: [] };
  if (ledger.value === null) {
    return { title, lines: ['Nothing: it has never handled this profile.'], rows: [] };
  }
  const isAnswered = forecast?.known === true && forecast.value.isAnsweredByLedger;
  return { title, lines: ledgerLines(ledger.value, isAnswered), rows: [] };
}

function ledgerLines(entry: LedgerFacts, isAnswered: boolean): string[] {
  const { observedAt, outcome, reason, settledAt = '', workosUserId, isSecondary } = entry;
  const where = workosUserId === undefined ? '' : `, to the WorkOS user ${workosUserId}`;
  const as = isSecondary ? ' as a further profile of its person' : '';
  const last = {
    mirrored: `Brought to WorkOS${where}${as}; last on ${toTime(settledAt)}.`,
    conflict: `In conflict (${reason ?? 'unknown'}), on ${toTime(settledAt)}.`,
    rejected: `Refused by WorkOS (${reason ?? 'unknown'}), on ${toTime(settledAt)}.`,
    unknown:
      workosUserId === undefined
        ? 'It has brought nothing of it to WorkOS.'
        : `Brought to WorkOS${where}${as}; what was written last is not noted, so the next sign-in is compared with WorkOS again.`,
  }[outcome ?? 'unknown'];
  return [
    `Last seen in Cognito on ${toTime(observedAt)}. ${last}`,
    ...(isAnswered
      ? ['As nothing has changed since, the next sign-in costs WorkOS no request.']
      : []),
    ...(entry.sameSettings === false
      ? [
          'That was with other rules or settings than this command has: check that TRUSTED_EMAIL_PROVIDERS and OAUTH_CLIENTS are those of the deployed consumer.',
        ]
      : []),
    ...(entry.passwordAt === undefined
      ? []
      : [`Its password was handled last on ${toTime(entry.passwordAt)}.`]),
  ];
}

/** Messages about this person that could not be handled. */
export function deadLetterSection({ deadLetters, sub }: Explanation): Section | undefined {
  if (sub === null) return undefined;
  const title = 'Messages about this profile that could not be handled (dead-letter queue)';
  if (!deadLetters.known) return { title, lines: [`Unknown: ${deadLetters.why}.`], rows: [] };
  const { messages, lookedAt, notLookedAt } = deadLetters.value;
  const cut =
    notLookedAt > 0
      ? [
          `Of the queue, ${lookedAt} messages were looked at; about ${notLookedAt} could not be: this list may be incomplete.`,
        ]
      : [];
  return {
    title,
    lines: [
      ...(messages.length === 0 ? ['None.'] : []),
      ...messages.map(
        ({ reason, sentAt, what }) =>
          `${reason}${sentAt === undefined ? '' : `, since ${toTime(sentAt)}`}: ${what}.`,
      ),
      ...cut,
    ],
    rows: [],
  };
}

/** "26 November 2026, 18:15 UTC". */
function toTime(time: string): string {
  const minutes = /T(\d\d:\d\d)/.exec(time)?.[1];
  return minutes === undefined ? toDay(time) : `${toDay(time)}, ${minutes} UTC`;
}
