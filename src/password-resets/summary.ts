import { MAILED_BEFORE } from './no-mail.ts';
import type { MailOutcome, RecipientResult, Recipients } from './recipients.ts';

/** How many there are, and the first of them; `--report` has them all. */
type UserSample = {
  count: number;
  items: { workosUserId: string; sub: string; reason: string }[];
};

/**
 * What the command prints. Two sums hold, and are checked:
 *
 * - every Cognito profile once: `read` = `eligible` + `sameUser` + all of `skipped`;
 * - every WorkOS user who should get a mail once: `eligible` = `sent` + `alreadySent` +
 *   `inDoubt.count` + `notAllowed.count` + `failed.count` + `remaining`.
 */
export type ResetSummary = {
  /** Cognito profiles. */
  read: number;
  /** WorkOS users: two profiles of one person are one, the second counts as `sameUser`. */
  eligible: number;
  sameUser: number;
  sent: number;
  alreadySent: number;
  /** Those of `alreadySent` that only the mark at WorkOS knows: another machine or state file mailed them. */
  mailedElsewhere: number;
  inDoubt: UserSample;
  notAllowed: UserSample;
  failed: UserSample;
  /** Not begun. Without `--send`: whom it would mail. */
  remaining: number;
  /** Profiles, by reason. */
  skipped: Record<string, number>;
};

/** So many users are listed by name. */
const LISTED = 100;

/** @throws Error when the sums do not hold: a bug, and no number is to be believed. */
export function recipientsToSummary(
  recipients: Pick<Recipients, 'counts' | 'some' | 'mailCount'>,
): ResetSummary {
  const counts = recipients.counts();
  const total = (outcome: RecipientResult['outcome']) =>
    counts.filter((row) => row.outcome === outcome).reduce((sum, row) => sum + row.count, 0);
  const listed = (outcome: MailOutcome): UserSample => ({
    count: total(outcome),
    items: recipients.some(outcome, LISTED).map(({ sub, workosUserId = '', reason = '' }) => ({
      workosUserId,
      sub,
      reason,
    })),
  });
  const skips = counts.filter((row) => row.outcome === 'skipped');
  const summary: ResetSummary = {
    read: counts.reduce((sum, row) => sum + row.count, 0),
    eligible: recipients.mailCount(),
    sameUser: total('same_user'),
    sent: total('sent'),
    alreadySent: total('already_sent'),
    mailedElsewhere: counts
      .filter(({ outcome, reason }) => outcome === 'already_sent' && reason === MAILED_BEFORE)
      .reduce((sum, row) => sum + row.count, 0),
    inDoubt: listed('in_doubt'),
    notAllowed: listed('not_allowed'),
    failed: listed('failed'),
    remaining: total('due'),
    skipped: Object.fromEntries(skips.map(({ reason, count }) => [reason, count])),
  };
  checkSums(summary);
  return summary;
}

function checkSums(summary: ResetSummary): void {
  const { read, eligible, sameUser, sent, alreadySent, remaining, skipped } = summary;
  const { inDoubt, notAllowed, failed } = summary;
  const skips = Object.values(skipped).reduce((sum, count) => sum + count, 0);
  const mails = sent + alreadySent + inDoubt.count + notAllowed.count + failed.count + remaining;
  if (read !== eligible + sameUser + skips || eligible !== mails) {
    throw new Error(`the counts do not add up: ${JSON.stringify({ ...summary, skips, mails })}`);
  }
}
