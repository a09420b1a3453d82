import { toDay, toTime } from '../../src/explain/day.ts';
import type { Explanation, LedgerFacts } from '../../src/explain/explanation.ts';
import { NO_MAIL_ADVICE } from '../../src/password-resets/no-mail.ts';
import type { Section } from './section.ts';

/** Whether the password of Cognito works at WorkOS, and if not, how the person gets one. */
export function passwordSection({ password, workos }: Explanation): Section | undefined {
  const title = 'Password and reset mail';
  const user = workos.known ? (workos.value.own ?? workos.value.byEmail) : null;
  switch (password.kind) {
    case 'none':
      return undefined;
    case 'of_workos':
      return {
        title,
        lines: ['The one of WorkOS counts: the person has signed in there.'],
      };
    case 'carried':
      return {
        title,
        lines: [
          workos.known && workos.value.own === null
            ? 'Carried over is the password of the person’s other Cognito account; that of this one does not work at WorkOS. No reset mail is sent.'
            : 'Carried over: the password of Cognito works at WorkOS, too. No reset mail is needed.',
        ],
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
          ? 'npx cws reset-passwords would send one (with --only, to this person alone).'
          : mail === 'mailed_before'
            ? 'No second one is sent without --mail-again.'
            : `npx cws reset-passwords would send none: ${NO_MAIL_ADVICE[mail].means} ${NO_MAIL_ADVICE[mail].todo}`;
      return {
        title,
        lines: [
          'Not carried over: the password of Cognito does not work at WorkOS.',
          `${sent} ${next}`,
        ],
      };
    }
  }
}

/** What the sync remembers of this profile. */
export function ledgerSection({ ledger, forecast, sub, workos }: Explanation): Section | undefined {
  if (sub === null) return undefined;
  const title = 'Ledger (what the sync remembers of this Cognito account)';
  if (!ledger.known) return { title, lines: [`Unknown: ${ledger.why}.`] };
  if (ledger.value === null) {
    return { title, lines: ['Nothing: it has never handled this Cognito account.'] };
  }
  const isAnswered = forecast?.known === true && forecast.value.isAnsweredByLedger;
  const isAtWorkos = workos.known && workos.value.own !== null;
  return { title, lines: ledgerLines(ledger.value, { isAnswered, isAtWorkos }) };
}

/** When WorkOS is asked again: docs/design.md#ledger. */
const AGAIN: Record<'mirrored' | 'conflict' | 'rejected', string> = {
  mirrored:
    'Nothing has changed in Cognito since, so the sync does not look at WorkOS again until something does, or the time of the ledger is over (ledgerHours, a day by default).',
  conflict:
    'The sync looks at WorkOS again at the next sign-in that is ten minutes later, or more.',
  rejected: 'The sync asks WorkOS again at the next sign-in that is ten minutes later, or more.',
};

function ledgerLines(
  entry: LedgerFacts,
  { isAnswered, isAtWorkos }: { isAnswered: boolean; isAtWorkos: boolean },
): string[] {
  const { observedAt, outcome, reason, settledAt = '', workosUserId, isSecondary } = entry;
  const where = workosUserId === undefined ? '' : `, to the WorkOS account ${workosUserId}`;
  const as = isSecondary ? ' as a further account of its person' : '';
  const last = {
    mirrored: `Brought to WorkOS${where}${as}; last on ${toTime(settledAt)}.`,
    conflict: `In conflict (${reason ?? 'unknown'}), on ${toTime(settledAt)}.`,
    rejected: `Refused by WorkOS (${reason ?? 'unknown'}), on ${toTime(settledAt)}.`,
    unknown:
      workosUserId === undefined
        ? isAtWorkos
          ? 'That WorkOS has it was not noted here: a command that an operator ran (seed, or verify --fix) wrote it, or the note was lost. That is no fault. At the next sign-in both sides are compared, and it is noted.'
          : 'It has brought nothing of it to WorkOS.'
        : `Brought to WorkOS${where}${as}; what was written last is not noted, so the next sign-in is compared with WorkOS again.`,
  }[outcome ?? 'unknown'];
  return [
    `Last seen in Cognito on ${toTime(observedAt)}. ${last}`,
    ...(isAnswered ? [AGAIN[outcome ?? 'mirrored']] : []),
    ...(entry.sameSettings === false
      ? [
          'That was with other rules or settings than this command has: check that TRUSTED_EMAIL_PROVIDERS and OAUTH_CLIENTS are those of the deployed consumer.',
        ]
      : []),
    ...(entry.passwordAt === undefined
      ? []
      : [
          `A password of the person was last dealt with on ${toTime(entry.passwordAt)}: carried over to WorkOS, or found to be of no use there.`,
        ]),
  ];
}

/** Messages about this person that could not be handled. */
export function deadLetterSection({ deadLetters, sub }: Explanation): Section | undefined {
  if (sub === null) return undefined;
  const title = 'Errors waiting (messages about this Cognito account in the dead-letter queue)';
  if (!deadLetters.known) return { title, lines: [`Unknown: ${deadLetters.why}.`] };
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
      ...(messages.length === 0 ? ['none'] : []),
      ...messages.map(
        ({ reason, sentAt, what }) =>
          `${reason}${sentAt === undefined ? '' : `, since ${toTime(sentAt)}`}: ${what}.`,
      ),
      ...cut,
    ],
  };
}
