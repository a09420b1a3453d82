import type { ConflictReason } from '../mirror/decide/conflicts.ts';
import type { Acceptance } from '../verify/accepted.ts';
import type { ConflictFinding, ExtraFinding, Finding, StaleFinding } from '../verify/finding.ts';

/**
 * What a team looks at before it cuts over: the whole of the readiness report as plain data. Emails are
 * as they are; whoever shows them masks them.
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
  /** Cognito users about whom both sides agree. Absent: those of `checked` who are in nothing below. */
  agreeing?: number;
  /** Cognito users that are mirrored, or should be, by how they sign in. `federated` has one entry a provider (a user of two counts in both). */
  kinds: {
    password: number;
    federated: Record<string, number>;
    /** Federated users in all, each once. */
    federatedOnly: number;
    passwordAndFederated: number;
  };
  /** Cognito users that are not mirrored, by reason: `no_email`, `unconfirmed`, `disabled`… */
  skipped: Record<string, number>;
  /** Profiles of one person that are all missing count once. */
  missing: Sampled<Finding>;
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
  withoutUsableEmail: Sampled<Finding & { reason: string }>;
  /** Users in WorkOS who sign in with a password, each person once: a reset mail is waiting for them. */
  mustResetPassword: number;
  mfa: MfaReadiness;
  triggers: Known<{ trigger: string; attached: boolean; detail: string }[]>;
  /** Messages in the dead-letter queue, and those not yet mirrored in the sync queue. */
  queues: Known<{ deadLetters: number; waiting: number }>;
};

/** A fact, or why it could not be found out (one line that says what to give or to allow). */
export type Known<T> = { known: true; value: T } | { known: false; why: string };

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
  enrolled: Sampled<Finding & { methods: string[] }>;
};
