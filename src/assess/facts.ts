import type { IdentityProvider } from '../cognito/identity-provider.ts';
import type { ConflictReason } from '../mirror/decide/conflicts.ts';
import type { KnownFact } from '../readiness/facts.ts';
import type { SeedSummary } from '../seed/summary.ts';
import type { PeopleCounts } from '../verify/people-counts.ts';
import type { AppClient } from './app-client.ts';
import type { CostEstimate } from './aws-cost.ts';
import type { PoolProfile } from './pool-profile.ts';
import type { SeedTime } from './seed-time.ts';
import type { UserFigures } from './user-figures.ts';
import type { WorkosCost } from './workos-cost.ts';
import type { WorkosFigures } from './workos-figures.ts';

/** What Cognito says of the pool itself. */
export type PoolAnswers = {
  profile: KnownFact<PoolProfile>;
  mfa: KnownFact<{ setting: 'OFF' | 'OPTIONAL' | 'ON'; kinds: ('totp' | 'sms' | 'email')[] }>;
  /** `notDescribed`: clients beyond those that are asked about. */
  appClients: KnownFact<{ clients: AppClient[]; notDescribed: number }>;
  groups: KnownFact<{ names: string[] }>;
  providers: KnownFact<IdentityProvider[]>;
};

/**
 * What the seed will do and what the readiness page will say afterwards: by a seed that writes to its index alone,
 * so that the numbers are those of the seed.
 */
export type Forecast = {
  seed: SeedSummary;
  conflictReasons: Partial<Record<ConflictReason, number>>;
  /** WorkOS writes: one a user that is created, linked or updated. */
  writes: number;
  /** People after the seed; all profiles of one person are one. */
  kinds: ReturnType<PeopleCounts['kinds']>;
  providers: ReturnType<PeopleCounts['providers']>;
  withoutWayIn: number;
  /** Mails of reset-passwords, had no password been carried over since. */
  mails: ReturnType<PeopleCounts['mails']>;
};

/**
 * A provider, with the people who use it. `counterpart`: `some` where WorkOS has one and which is not known, because
 * the provider could not be read; `gone`: users came through it, and the pool has it no more.
 */
export type AssessedProvider = {
  name: string;
  type: string | undefined;
  people: number;
  counterpart: 'oauth' | 'sso' | 'none' | 'some' | 'gone';
  workos: string | null;
};

/** Providers that WorkOS does not have, or the pool no more, and the people who use one of them, each once. */
export type ProviderLoss = { names: string[]; people: number; onlyWayIn: number };

/** Who has a second factor: of a sample, because Cognito tells it only one user at a time. */
export type MfaSample = {
  asked: number;
  enrolled: number;
  /** Users with a password, of whom some were asked. */
  passwordUsers: number;
  methods: Record<string, number>;
  /** Why no more were asked. */
  why?: string;
};

/** Something that does not come along, whom it touches, and what to do. */
export type Loss = {
  name: LossName;
  /** What is lost, in a few words: "Second factors". */
  title: string;
  affected: Affected;
  /** What it is about, where names say it: of providers, of triggers. Of foreign origin. */
  names?: string[];
  means: string;
  todo: string;
};

/**
 * How many users a loss touches: `known` is counted, `about` reckoned from a sample; `all_of` may be as many as that,
 * and `unknown` says why.
 */
export type Affected =
  | { kind: 'known'; users: number }
  | { kind: 'about'; users: number; asked: number }
  | { kind: 'at_most'; users: number }
  | { kind: 'unknown'; why: string };

export type LossName =
  | 'passwords'
  | 'no_email'
  | 'phone_only'
  | 'unverified_email'
  | 'mfa'
  | 'providers'
  | 'usernames'
  | 'custom_auth'
  | 'passkeys'
  | 'groups'
  | 'custom_attributes'
  | 'devices'
  | 'sessions'
  | 'triggers'
  | 'left_out';

/** The whole of an assessment as plain data. No address, no name, no value of an attribute. */
export type Assessment = PoolAnswers & {
  /** ISO 8601, UTC. */
  generatedAt: string;
  userPoolId: string;
  /** "sandbox environment"; undefined: assessed without WorkOS, as for an empty environment. */
  workosEnvironment: string | undefined;
  asOf: 'now' | 'export';
  users: UserFigures;
  workosUsers: KnownFact<WorkosFigures>;
  assessedProviders: AssessedProvider[];
  providerLoss: ProviderLoss;
  /** With observePostAuthentication or carryPasswords; without them the sync leaves that trigger alone. */
  takesPostAuthentication: boolean;
  mfaSample: MfaSample;
  forecast: Forecast;
  seedTime: SeedTime;
  awsCost: CostEstimate;
  workosCost: WorkosCost;
};
