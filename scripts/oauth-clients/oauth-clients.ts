import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { createServerClock } from '../../src/aws/server-clock.ts';
import { createRequestScheduler } from '../../src/bulk/request-scheduler.ts';
import type { IdentityProvider } from '../../src/cognito/identity-provider.ts';
import { readIdentityProviders } from '../../src/cognito/identity-providers.ts';
import { clientsToJson, providersToClients } from '../../src/oauth-clients/client-map.ts';
import { providerToCounterpart } from '../../src/oauth-clients/counterpart.ts';
import { createIdentityCheck, type IdentityCheck } from '../../src/oauth-clients/identity-check.ts';
import {
  type ProviderSummary,
  providerToReport,
  summarizeProviders,
} from '../../src/oauth-clients/provider-summary.ts';
import { showBanner } from '../shared/banner.ts';
import { connectWorkos, type WorkosConnection } from '../shared/connect-workos.ts';
import { openOutputFile } from '../shared/output-file.ts';
import { regionOf } from '../shared/region.ts';
import { toList, writeResult } from '../shared/result.ts';
import { CommandError, EXIT, type Interruption } from '../shared/run.ts';
import { createUserSource } from '../shared/user-source.ts';
import { createOauthClientsDisplay } from './display.ts';
import type { OauthClientsOptions } from './oauth-clients-options.ts';
import { providersToText } from './text.ts';

/** WorkOS reads a second: a fifth of WorkOS's limit (docs/facts.md#workos-rate-limits) leaves room for the consumer. */
export const DEFAULT_RATE = 20;
/** A deployed function's whole environment may have 4 KB (AWS Lambda quotas); its other variables need some of it. */
const ENVIRONMENT_BYTES = 3_000;

/** `cws oauth-clients`: from its options to its exit code. */
export async function runOauthClients(
  options: OauthClientsOptions,
  { stop }: Interruption,
): Promise<number> {
  const { userPoolId } = options;
  for (const option of ['rate', 'limit'] as const) {
    if (options[option] === undefined || options.check) continue;
    throw new CommandError(`--${option} is only for --check: give both, or neither`);
  }
  const workos = options.check ? connectCheck(options) : undefined;
  if (workos) await showBanner({ userPoolId, writes: false }, workos.connection);
  const client = new CognitoIdentityProviderClient(regionOf(userPoolId, process.env));
  const providers = await readProviders({ client, userPoolId, signal: stop });
  if (!providers) return EXIT.interrupted;
  if (options.write !== undefined) await writeClients(options.write, providers);

  const reports = providers.map(providerToReport);
  if (!options.count && !workos) {
    return print({ providers: reports, complete: true }, options);
  }
  const source = createUserSource({ userPoolId }, createServerClock());
  const estimate = await source.estimate();
  const display = createOauthClientsDisplay(process.stderr, estimate);
  const check = workos?.checkOf(providers, stop, display.pause);
  const result = await summarizeProviders({
    reports,
    source,
    count: options.count,
    stop,
    onProgress: display.progress,
    ...(check && { check }),
  }).finally(display.end);
  return print(result, options);
}

/** @returns undefined when it was stopped. */
async function readProviders(pool: {
  client: CognitoIdentityProviderClient;
  userPoolId: string;
  signal: AbortSignal;
}): Promise<IdentityProvider[] | undefined> {
  try {
    return await readIdentityProviders(pool);
  } catch (error) {
    if (pool.signal.aborted) return undefined;
    throw error;
  }
}

/** Before Cognito is asked for anything, so that a missing key shows at once. */
function connectCheck(options: OauthClientsOptions): {
  connection: WorkosConnection;
  checkOf(
    providers: IdentityProvider[],
    stop: AbortSignal,
    onPause: (reason: string, milliseconds: number) => void,
  ): IdentityCheck;
} {
  const connection = connectWorkos(options);
  const { workosUsers } = connection;
  return {
    connection,
    checkOf: (providers, stop, onPause) =>
      createIdentityCheck({
        workosUsers,
        scheduler: createRequestScheduler({
          writesPerSecond: 1,
          requestsPerSecond: options.rate ?? DEFAULT_RATE,
          signal: stop,
          onPause,
        }),
        counterparts: new Map(providers.map((each) => [each.name, providerToCounterpart(each)])),
        ...(options.limit !== undefined && { limit: options.limit }),
        signal: stop,
      }),
  };
}

/** @throws ConfigurationError that names the option. */
async function writeClients(file: string, providers: IdentityProvider[]): Promise<void> {
  const text = `${clientsToJson(providersToClients(providers))}\n`;
  await using clients = await openOutputFile('--write', file);
  await clients.write(text);
  await clients.commit();
  if (text.length > ENVIRONMENT_BYTES) {
    process.stderr.write(
      `warning: the map has ${text.length} bytes, and the environment of a deployed function may have 4,096 in all: keep the providers with the most users\n`,
    );
  }
}

/** @returns the exit code. */
async function print(result: ProviderSummary, options: OauthClientsOptions): Promise<number> {
  const exit = toExit(result);
  if (options.json) {
    const head = { command: 'oauth-clients', userPoolId: options.userPoolId, exit };
    await writeResult(process.stdout, head, toBody(result));
  } else {
    process.stdout.write(providersToText(result, options));
  }
  if (!result.complete) process.stderr.write('Stopped: the counts are of the users read so far.\n');
  return exit;
}

function toBody({ providers, formerProviders, check, ...result }: ProviderSummary): object {
  return {
    providers: toList(providers),
    ...(formerProviders && { formerProviders: toList(formerProviders) }),
    ...(check && { check: { ...check, different: toList(check.different) } }),
    ...result,
  };
}

function toExit({ complete, check, unreadable = 0 }: ProviderSummary): number {
  if (!complete) return EXIT.interrupted;
  const found = unreadable > 0 || (check && (check.different.length > 0 || check.failed > 0));
  return found ? EXIT.attention : EXIT.done;
}
