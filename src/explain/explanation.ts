import type { ConflictReason } from '../mirror/decide/conflicts.ts';
import type { DecidingRule } from '../mirror/decide/deciding-rules.ts';
import type { NoMailReason } from '../password-resets/no-mail.ts';
import type { KnownFact } from '../readiness/facts.ts';
import type { InShort } from './answer.ts';
import type { Forecast, GoneForecast } from './forecast.ts';

/** Why an address does not count as verified; `trusted`: named in TRUSTED_EMAIL_PROVIDERS. */
export type Doubt =
  | { kind: 'no_email' | 'flag_missing' | 'no_identity' }
  | { kind: 'provider_not_trusted'; provider: string };

/** A Cognito profile, as Cognito has it now. Dates are ISO 8601 in UTC. */
export type ProfileFacts = {
  sub: string;
  username: string;
  email?: string;
  emailVerified: boolean;
  /** Whether the address counts as verified for the sync, and if not, why. */
  countsAsVerified: boolean;
  doubt?: Doubt;
  name?: string;
  status?: string;
  enabled?: boolean;
  /** `federated`: made by a sign-in through a provider. */
  kind: 'native' | 'federated';
  providers: { name: string; type: string; linked: boolean }[];
  createdAt?: string;
  modifiedAt?: string;
};

/** A WorkOS user, as WorkOS has it now. */
export type WorkosFacts = {
  id: string;
  email: string;
  emailVerified: boolean;
  firstName?: string;
  lastName?: string;
  externalId?: string;
  /** Set: the person has crossed over. */
  lastSignInAt?: string;
  /** Whether it has our tag of this pool; `pool`: of whichever pool. */
  ours: boolean;
  pool?: string;
  signsInWith: ('password' | 'federated')[];
  taggedUnverified: boolean;
  passwordCarried: boolean;
  providers: string[];
  linkedSubs: string[];
  syncedAt?: string;
  resetMailedAt?: string;
};

/** What another Cognito profile has to do with the one that is explained. */
export type Relation = 'same_address' | 'linked' | 'holds_workos_user';

/** `profile`: null where Cognito does not have it any more. */
export type OtherProfile = { sub: string; relations: Relation[]; profile: ProfileFacts | null };

/** `own`: by external id; `byEmail`: by the profile's address; each null where there is none. */
export type WorkosSide = {
  own: WorkosFacts | null;
  byEmail: WorkosFacts | null;
  /** Another WorkOS user that the ledger has noted for this profile, where WorkOS still has it. */
  noted: WorkosFacts | null;
};

/** What the ledger has of the sub. */
export type LedgerFacts = {
  /** When the sub was last observed, ISO 8601 in UTC. */
  observedAt: string;
  workosUserId?: string;
  isSecondary: boolean;
  /** The last outcome; absent where what WorkOS has is not known for certain. */
  outcome?: 'mirrored' | 'conflict' | 'rejected';
  reason?: string;
  settledAt?: string;
  /** Whether it was settled with the rules and settings that this command has. */
  sameSettings?: boolean;
  /** When the password that was dealt with last was observed. */
  passwordAt?: string;
};

/** Messages of this sub in the dead-letter queue. */
export type DeadLetterFacts = {
  messages: { messageId: string; reason: string; sentAt?: string; what: string }[];
  /** Messages of all users that were looked at; about how many could not be. */
  lookedAt: number;
  notLookedAt: number;
};

/** What becomes of the password, for a profile that signs in with one. */
export type PasswordFacts =
  | { kind: 'none' }
  | { kind: 'of_workos' | 'carried' }
  | { kind: 'not_carried'; mail: 'would_be_sent' | NoMailReason; mailedAt?: string };

/** Everything that is known about one person. */
export type Explanation = ExplainedFacts & { inShort: InShort };

/** What the answer rests on. `sub`: null for a WorkOS user that no Cognito profile has. */
export type ExplainedFacts = {
  sub: string | null;
  cognito: ProfileFacts | null;
  workos: KnownFact<WorkosSide>;
  others: OtherProfile[];
  /** Which rule decides; null where there is nothing to decide. */
  rule: { name: DecidingRule; sentence: string; anchor: string } | null;
  /** A conflict of the mirror's, or one that only both sides together show. */
  conflict: { reason: ConflictReason; means: string; todo: string } | null;
  forecast: KnownFact<Forecast> | null;
  /** For a profile that Cognito does not have. */
  goneForecast: KnownFact<GoneForecast> | null;
  password: PasswordFacts;
  ledger: KnownFact<LedgerFacts | null>;
  deadLetters: KnownFact<DeadLetterFacts>;
  deletions: 'keep' | 'delete';
};
