import type { RecipientResult } from '../../src/password-resets/recipients.ts';
import type { Ending } from '../../src/password-resets/send-mails.ts';
import type { ResetSummary } from '../../src/password-resets/summary.ts';
import type { ResultList } from '../shared/result.ts';

export type ResetOptions = {
  userPoolId: string;
  send?: true;
  all?: true;
  /** Mails a second. */
  rate: number;
  limit?: number;
  only?: string;
  includeUnverified?: true;
  retryInDoubt?: true;
  mailAgain?: true;
  yes?: true;
  state?: string;
  report?: string;
  anotherEnvironment?: true;
  json?: true;
};

/** What the command prints; {@link ResetSummary} says which counts add up. */
export type ResetReport = ResetSummary & {
  sending: boolean;
  /** Why a sending ended before every user was tried. */
  ended?: Ending['kind'];
  /** Mails that this command would send with `--send`: `remaining`, but for `--limit`. */
  wouldSend: number;
  /** The first of those who would be mailed; emails are masked. */
  sample: ResultList<{ sub: string; workosUserId: string; email: string }>;
  /** With `--only`: lines that match no user, and users in the file who get no mail. */
  only?: {
    entries: number;
    unknown: ResultList<number>;
    notEligible: ResultList<RecipientResult>;
  };
  requests: { reads: number; writes: number; rateLimited: number };
  seconds: number;
};
