import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { RequestScheduler } from '../bulk/request-scheduler.ts';
import type { UserSource } from '../cognito/user-source.ts';
import type { MirrorConfig } from '../config/mirror.ts';
import type { BulkLedger } from '../ledger/bulk-ledger.ts';
import { configToRules } from '../mirror/mirror.ts';
import { askAboutMfa } from '../readiness/mfa.ts';
import { type SeedProgress, seed } from '../seed/seed.ts';
import type { SeedState } from '../seed/state.ts';
import { type Comparison, createComparison } from '../verify/comparison.ts';
import type { ListableWorkosUsers } from '../workos/users.ts';
import { askPool } from './ask-pool.ts';
import { toAssessedProviders, toProviderLoss } from './assessed-providers.ts';
import { toAwsCost } from './aws-cost.ts';
import type { Assessment, MfaSample } from './facts.ts';
import { toForecast } from './forecast.ts';
import { toSeedTime } from './seed-time.ts';
import type { Tally } from './tally.ts';
import { readUserFigures } from './user-figures.ts';
import { toWorkosCost } from './workos-cost.ts';
import { readWorkosFigures } from './workos-figures.ts';

export type AssessProgress =
  | SeedProgress
  | { phase: 'comparing'; users: number }
  | { phase: 'mfa'; users: number };

type AssessDependencies = {
  userPoolId: string;
  client: CognitoIdentityProviderClient;
  /** It shows its records to `tally.addRecord`. */
  source: UserSource;
  /** Undefined: assessed as for an empty environment. */
  workosUsers: ListableWorkosUsers | undefined;
  workosEnvironment: string | undefined;
  /** New, and of this run alone. What becomes of each user is in it afterwards. */
  state: SeedState;
  tally: Tally;
  scheduler: RequestScheduler;
  config: MirrorConfig;
  ledger: BulkLedger;
  /** WorkOS writes a second of a seed; the consumer's share of WorkOS's limits; sign-ins a month of a user. */
  assumed: { rate: number; share: number; signInsPerUser: number; observations: number };
  /** At most so many users are asked about their MFA. */
  mfaLimit: number;
  now: () => Date;
  stop: AbortSignal;
  abort: AbortSignal;
  onProgress?: (progress: AssessProgress) => void;
  onNotice?: (notice: string) => void;
};

/**
 * Looks at a pool before anything is deployed, and changes nothing: its settings, its users, what WorkOS has of them,
 * and, by a seed that writes to its own index alone, what the seed will do.
 *
 * @throws SourceError or WorkosUnavailableError when it cannot go on; the reason of `stop`.
 */
export async function assess(dependencies: AssessDependencies): Promise<Assessment | undefined> {
  const { source, config, tally, userPoolId, stop, onProgress } = dependencies;
  const rules = configToRules(config);
  const pool = askPool({ ...dependencies, signal: stop });
  // A failure of the seed is the run's own; that of the questions is looked at afterwards.
  pool.catch(() => {});
  using after = openComparison({ rules, isLive: source.asOf === 'now' });
  const state = withSides(dependencies.state, after);
  const complete = await seed({
    ...dependencies,
    workosUsers: watchUsers(dependencies),
    state,
    dryRun: true,
    ...(onProgress && { onProgress }),
  });
  if (!complete) return undefined;
  let compared = 0;
  for (const page of after.profiles.pages()) {
    stop.throwIfAborted();
    tally.addProfiles(page, rules);
    after.together(() => {
      for (const user of page) after.judge(user);
    });
    compared += page.length;
    onProgress?.({ phase: 'comparing', users: compared });
  }
  const answers = await pool;
  const mfaSample = await sampleMfa(dependencies, answers, after);
  const users = readUserFigures(tally);
  const forecast = toForecast(state, after);
  const assessedProviders = toAssessedProviders(answers.providers, after);
  const workosUsers = dependencies.workosUsers
    ? ({ known: true, value: readWorkosFigures(tally) } as const)
    : ({ known: false, why: WITHOUT_WORKOS } as const);
  const mirrored = after.index.size();
  const { assumed } = dependencies;
  return {
    ...answers,
    generatedAt: dependencies.now().toISOString(),
    userPoolId,
    workosEnvironment: dependencies.workosEnvironment,
    asOf: source.asOf,
    users,
    workosUsers,
    assessedProviders,
    providerLoss: toProviderLoss(assessedProviders, after),
    takesPostAuthentication: assumed.observations > 1,
    mfaSample,
    forecast,
    seedTime: toSeedTime(
      {
        writes: forecast.writes,
        users: users.total,
        workosUsers: workosUsers.known ? workosUsers.value.total : 0,
      },
      assumed,
    ),
    awsCost: toAwsCost({ ...assumed, users: users.total }),
    workosCost: toWorkosCost({
      users: mirrored,
      connections: assessedProviders.filter(({ counterpart }) => counterpart === 'sso').length,
    }),
  };
}

const WITHOUT_WORKOS =
  'leave out --without-workos, and give WORKOS_API_KEY, to have the users there looked at';

/** The seed lists into the comparison's own index, which is afterwards as WorkOS would be. */
function withSides(state: SeedState, after: Comparison): SeedState {
  return {
    ...state,
    index: after.index,
    profiles: after.profiles,
    together: (work) => state.together(() => after.together(work)),
  };
}

/** Lists WorkOS's users, noting them as they are before the seed; an environment without WorkOS has none. */
function watchUsers({ workosUsers, tally }: AssessDependencies): ListableWorkosUsers {
  if (!workosUsers) return NO_WORKOS;
  return {
    ...workosUsers,
    async list(after, signal) {
      const page = await workosUsers.list(after, signal);
      tally.addWorkosUsers(page.users);
      return page;
    },
  };
}

const unreachable = () => Promise.reject(new Error('a dry run asks WorkOS for its list alone'));
const NO_WORKOS: ListableWorkosUsers = {
  list: async () => ({ users: [] }),
  get: unreachable,
  findByExternalId: unreachable,
  findByEmail: unreachable,
  create: unreachable,
  update: unreachable,
  delete: unreachable,
  endSessions: unreachable,
  authFactors: unreachable,
};

async function sampleMfa(
  { client, userPoolId, mfaLimit, stop, onProgress }: AssessDependencies,
  { mfa, profile }: Pick<Assessment, 'mfa' | 'profile'>,
  after: Comparison,
): Promise<MfaSample> {
  const passwordUsers = after.passwordUserCount();
  const setting = mfa.known ? mfa.value.setting : profile.known ? profile.value.mfa : undefined;
  const { lookedAt, enrolled, methods, why } = await askAboutMfa({
    client,
    userPoolId,
    setting,
    // By sub, which Cognito draws by lot: the first ones are a fair sample.
    users: after.passwordUsers(mfaLimit),
    total: passwordUsers,
    limit: mfaLimit,
    signal: stop,
    onProgress: (users) => onProgress?.({ phase: 'mfa', users }),
  });
  stop.throwIfAborted();
  return {
    asked: lookedAt,
    enrolled: enrolled.count,
    passwordUsers,
    methods,
    ...(why !== undefined && { why }),
  };
}

function openComparison(setting: Parameters<typeof createComparison>[0]): Comparison & Disposable {
  const comparison = createComparison(setting);
  return { ...comparison, [Symbol.dispose]: comparison.close };
}
