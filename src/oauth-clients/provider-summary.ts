import type { IdentityProvider } from '../cognito/identity-provider.ts';
import type { UserSource } from '../cognito/user-source.ts';
import { providerToCounterpart } from './counterpart.ts';
import { providerToWarnings } from './email-trust.ts';
import type { IdentityCheck, IdentityCheckResult } from './identity-check.ts';
import { providerToSteps } from './steps.ts';
import { createUserTally, type ProviderUsers } from './user-tally.ts';

/** One provider, with what it is in WorkOS and what is to be done there. */
export type ProviderReport = IdentityProvider & {
  /** WorkOS's name for it; null where WorkOS has no such provider. */
  workos: string | null;
  counterpart: 'oauth' | 'sso' | 'none';
  /** How that is known. */
  how: string;
  emailMapped: boolean;
  emailVerifiedMapped: boolean;
  users?: ProviderUsers;
  warnings: string[];
  steps: string[];
};

export function providerToReport(provider: IdentityProvider): ProviderReport {
  const counterpart = providerToCounterpart(provider);
  return {
    ...provider,
    workos: counterpart.workos,
    counterpart: counterpart.kind,
    how: counterpart.how,
    emailMapped: provider.attributeMapping.email !== undefined,
    emailVerifiedMapped: provider.attributeMapping.email_verified !== undefined,
    warnings: [...clientWarning(provider), ...providerToWarnings(provider, counterpart)],
    steps: providerToSteps(provider, counterpart),
  };
}

function clientWarning({ type, clientId }: IdentityProvider): string[] {
  if (type === 'SAML' || clientId !== undefined) return [];
  return ['Cognito did not say its client id: it is left out of the map for OAUTH_CLIENTS.'];
}

export type ProviderSummary = {
  providers: ProviderReport[];
  /** Providers that users still have, and the pool has no more. */
  formerProviders?: { name: string; users: ProviderUsers }[];
  /** Users read; records that could not be. */
  read?: number;
  unreadable?: number;
  check?: IdentityCheckResult;
  /** False when it was stopped: then every count is of the users read so far. */
  complete: boolean;
};

export type ProviderSummaryProgress =
  | { phase: 'listing'; workosUsers: number }
  | { phase: 'users'; read: number; looked?: number };

/**
 * Counts the users of each provider, and checks their identities if asked to, in one pass over the pool.
 *
 * @throws SourceError, WorkosUnavailableError
 */
export async function summarizeProviders(options: {
  reports: ProviderReport[];
  source: UserSource;
  check?: IdentityCheck;
  count: boolean;
  stop: AbortSignal;
  onProgress(progress: ProviderSummaryProgress): void;
}): Promise<ProviderSummary> {
  const { source, check, stop, onProgress } = options;
  const tally = createUserTally();
  let read = 0;
  let unreadable = 0;

  async function pass(): Promise<void> {
    await check?.prepare((workosUsers) => onProgress({ phase: 'listing', workosUsers }));
    for await (const page of source.pages({ signal: stop })) {
      stop.throwIfAborted();
      unreadable += page.problems.length;
      const users = page.users.filter(tally.add);
      read += users.length;
      await check?.look(users);
      const looked = check?.result().looked;
      onProgress({ phase: 'users', read, ...(looked !== undefined && { looked }) });
    }
    await check?.finish();
  }

  let complete = true;
  try {
    await pass();
  } catch (error) {
    if (!stop.aborted) throw error;
    complete = false;
  }
  const known = new Set(options.reports.map(({ name }) => name));
  const former = tally.names().filter((name) => !known.has(name));
  return {
    providers: options.reports.map((report) =>
      options.count ? { ...report, users: tally.of(report.name) } : report,
    ),
    ...(options.count && {
      formerProviders: former.map((name) => ({ name, users: tally.of(name) })),
    }),
    read,
    unreadable,
    ...(check && { check: check.result() }),
    complete,
  };
}
