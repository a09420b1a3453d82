import type { LedgerEntry } from '../ledger/ledger.ts';
import type { PasswordSignIn } from '../workos/password-sign-in.ts';
import type { ListableWorkosUsers } from '../workos/users.ts';
import type { ReadWholeUser } from '../workos/whole-user.ts';
import type { AppClients } from './app-clients.ts';
import type { ProfileAttributes } from './fill-attributes.ts';
import type { CanaryClient, CanaryIdentity } from './mark.ts';
import type { PoolActions } from './pool-actions.ts';
import type { CanaryPoolFacts } from './pool-facts.ts';
import type { CanaryObserver } from './types.ts';

/** What the canary asks of WorkOS. */
export type CanaryWorkos = {
  users: Pick<
    ListableWorkosUsers,
    'findByExternalId' | 'findByEmail' | 'create' | 'delete' | 'endSessions'
  >;
  wholeUser: ReadWholeUser;
  /** Absent without a client id of the WorkOS environment. */
  signIn?: (credentials: { email: string; password: string }) => Promise<PasswordSignIn>;
};

/**
 * The consumer's ledger, of one sub: `unknown` where it cannot be read.
 */
export type LookInLedger = (sub: string) => Promise<LedgerEntry | undefined | 'unknown'>;

/** How many messages the sync queue holds, those in flight included; `unknown` where it cannot be asked. */
export type LookAtQueue = () => Promise<number | 'unknown'>;

/** In milliseconds. */
export type CanaryTimes = {
  /** Of each step, for WorkOS to show it. */
  deadlineMs: number;
  /** Where neither ledger nor queue tells: for so long a message may be under way. */
  settleMs: number;
  /** Between two looks at ledger and queue for messages that are under way. */
  settlePollMs: number;
  /** Between two looks at WorkOS. */
  pollMs: number;
  /** Before each look at WorkOS for what is to be removed. */
  lookAgainMs: number;
};

/** Whether sealed passwords are carried: `off` in the deployment; `unknown` why it cannot be told. */
export type PasswordCarrying =
  | { kind: 'on'; seal: (credentials: { username: string; password: string }) => Promise<string> }
  | { kind: 'off' | 'unknown'; reason: string };

/** Both sides, as the canary works on them. */
export type CanaryWorld = {
  userPoolId: string;
  facts: CanaryPoolFacts;
  pool: PoolActions;
  appClients: AppClients;
  workos: CanaryWorkos;
  lookInLedger: LookInLedger;
  lookAtQueue: LookAtQueue;
  passwords: PasswordCarrying;
  /** Attributes that the operator gives, over the canary's own. */
  attributes: ProfileAttributes;
  /** Asks for the code that was mailed; absent: an administrator confirms. Undefined: no code was typed. */
  askForCode?: (address: string) => Promise<string | undefined>;
  times: CanaryTimes;
  /** The time as Cognito says it is. */
  clock: () => Date;
  observer: CanaryObserver;
};

/** When each sub was last shown to a trigger, until its message is known to have been processed. */
export type PendingSubs = Map<string, Date>;

/** One run. */
export type CanaryRun = {
  client: CanaryClient;
  user: CanaryProfileInUse;
  trap: CanaryProfileInUse;
  pending: PendingSubs;
  /** Fires when nothing more is to be begun. */
  signal: AbortSignal;
};

/** `sub`: as soon as it is known. */
export type CanaryProfileInUse = {
  identity: CanaryIdentity;
  username: string;
  password: string;
  sub?: string;
};
