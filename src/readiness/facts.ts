import type { BulkSkipReason } from '../bulk/skip-advice.ts';
import type { ConflictReason } from '../mirror/decide/conflicts.ts';
import type { Acceptance } from '../verify/accepted.ts';
import type {
  ConflictFinding,
  ExtraFinding,
  StaleFinding,
  UserFinding,
} from '../verify/finding.ts';
import type { EmailProblemUser, PeopleCounts, ProviderCount } from '../verify/people-counts.ts';
import type { UserBalance } from '../verify/user-balance.ts';

/**
 * What a team looks at before it cuts over: the whole of the readiness report as plain data. Emails are
 * as they are; the page masks them.
 */
export type Readiness = {
  /** ISO 8601, UTC. */
  generatedAt: string;
  userPoolId: string;
  userPoolName?: string;
  /** Where WorkOS is: the host, never the key. */
  workos: string;
  /** The gate: both sides agree. */
  inSync: boolean;
  /** Cognito users looked at; WorkOS users listed. */
  checked: number;
  workosUsers: number;
  /** False when the comparison was stopped. */
  complete: boolean;
  /** Cognito users about whom both sides agree. */
  agreeing: number;
  /** Further profiles of missing users, who count once in `missing`. */
  otherProfilesMissing: number;
  /** Cognito users with an accepted finding. */
  acceptedUsers: number;
  /** Cognito records that could not be read. */
  unreadable: number;
  /** From Cognito's count to WorkOS's. */
  balance: UserBalance;
  /** How the people who are mirrored, or should be, sign in: all profiles of one person are one. */
  kinds: ReturnType<PeopleCounts['kinds']>;
  /** The people who use each provider; those who use two count for both. */
  providers: ProviderCount[];
  /** People who have no password, and no provider that WorkOS has. */
  withoutWayIn: number;
  /** Cognito users that are not mirrored, by reason. */
  skipped: Partial<Record<BulkSkipReason, number>>;
  /** Profiles of one person that are all missing count once. */
  missing: Sampled<UserFinding>;
  /** `fields`: how many users differ in each field. */
  stale: Sampled<StaleFinding> & { fields: Record<string, number> };
  /** `reasons`: how many users of each reason of conflict. `primary_gone` is about a WorkOS user. */
  conflicts: Sampled<ConflictFinding> & { reasons: Partial<Record<ConflictReason, number>> };
  extra: Sampled<ExtraFinding>;
  /**
   * People who have signed in at WorkOS, and are WorkOS's since; `differing`: whose names or email are no
   * longer those of Cognito.
   */
  crossedOver: { count: number; differing: number };
  /** Findings that the owner has decided to live with: they are in none of the above. */
  accepted: Sampled<Acceptance>;
  /** Confirmed, enabled users whom WorkOS cannot have or cannot trust: no email, or an unverified one. */
  withoutUsableEmail: Sampled<EmailProblemUser>;
  /** People with a password, each once: how many keep theirs, and to how many reset-passwords sends a mail. */
  mails: ReturnType<PeopleCounts['mails']>;
  mfa: MfaReadiness;
  triggers: KnownFact<{ trigger: string; attached: boolean; detail: string }[]>;
  /** Messages in the dead-letter queue, and those not yet mirrored in the sync queue. */
  queues: KnownFact<{ deadLetters: number; waiting: number }>;
};

/** A fact, or why it could not be found out (one line that says what to give or to allow). */
export type KnownFact<T> = { known: true; value: T } | { known: false; why: string };

/** How many of a kind the report names. */
export const EXAMPLES = 20;

/** How many there are, and the first of them. */
export type Sampled<T> = { count: number; examples: T[] };

export type MfaReadiness = {
  /** The pool's own setting; absent where it could not be read. */
  setting?: 'OFF' | 'OPTIONAL' | 'ON';
  /** Users who were asked about; Cognito tells only one by one. */
  lookedAt: number;
  /** Users with a password who were not asked about, and why not. */
  notLookedAt: number;
  why?: string;
  /** By method: `SOFTWARE_TOKEN_MFA`, `SMS_MFA`, `EMAIL_OTP`. */
  methods: Record<string, number>;
  enrolled: Sampled<UserFinding & { methods: string[] }>;
};
