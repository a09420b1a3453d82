import { writeFile } from 'node:fs/promises';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { InvalidArgumentError } from 'commander';
import { createServerClock } from '../src/aws/server-clock.ts';
import { createRequestScheduler } from '../src/bulk/request-scheduler.ts';
import type { IdentityProvider } from '../src/cognito/identity-provider.ts';
import { readIdentityProviders } from '../src/cognito/identity-providers.ts';
import { ConfigurationError } from '../src/config/environment.ts';
import { clientsToJson, providersToClients } from '../src/oauth-clients/client-map.ts';
import { providerToCounterpart } from '../src/oauth-clients/counterpart.ts';
import { createIdentityCheck, type IdentityCheck } from '../src/oauth-clients/identity-check.ts';
import {
  type ProviderSummary,
  providerToReport,
  summarizeProviders,
} from '../src/oauth-clients/provider-summary.ts';
import { createOauthClientsProgress } from './oauth-clients/progress.ts';
import { providersToText } from './oauth-clients/text.ts';
import { connectWorkos } from './shared/connect-workos.ts';
import {
  CommandError,
  EXIT,
  type Interruption,
  parseRate,
  poolCommand,
  regionOf,
  runCommand,
} from './shared/run.ts';
import { toJsonLine } from './shared/text.ts';
import { createUserSource } from './shared/user-source.ts';

type OauthClientsOptions = {
  userPoolId: string;
  write?: string;
  count: boolean;
  check?: true;
  rate?: number;
  limit?: number;
  json?: true;
};

/** WorkOS reads a second: a fifth of what the live sync and WorkOS's limit leave (FACTS, rate limits). */
const DEFAULT_RATE = 20;
/** A deployed function's whole environment may have 4 KB (AWS Lambda quotas); the rest needs some. */
const ENVIRONMENT_BYTES = 3_000;

await runCommand((interruption) => run(parseOptions(), interruption));

function parseOptions(): OauthClientsOptions {
  return poolCommand('oauth-clients')
    .description(
      "Lists a pool's identity providers, what each is in WorkOS, and how to go on with the same OAuth client there. Never shows a secret.",
    )
    .option('--write <file>', 'write the map for OAUTH_CLIENTS: provider names and client ids')
    .option('--no-count', 'do not count the users of each provider: spares reading the whole pool')
    .option('--check', 'compare with the identities of those who have signed in through WorkOS')
    .option(
      '--rate <n>',
      `with --check: WorkOS reads a second (default: ${DEFAULT_RATE})`,
      parseRate,
    )
    .option('--limit <n>', 'with --check: look at so many people only', parseLimit)
    .option('--json', 'the result as one JSON object on stdout')
    .addHelpText(
      'after',
      `
Environment: AWS's own; with --check also WORKOS_API_KEY (or WORKOS_API_KEY_PARAMETER),
WORKOS_API_HOSTNAME, WORKOS_API_PORT, WORKOS_API_HTTPS.
IAM: cognito-idp:ListIdentityProviders, cognito-idp:DescribeIdentityProvider; to count or to check
also cognito-idp:ListUsers.
Exit code: 0 done, 1 done but --check found differences or some users could not be read,
2 could not run, 130 stopped by Ctrl-C.`,
    )
    .parse()
    .opts<OauthClientsOptions>();
}

function parseLimit(value: string): number {
  const limit = Number(value);
  if (/^\d+$/.test(value) && Number.isSafeInteger(limit) && limit > 0) return limit;
  throw new InvalidArgumentError('It has to be a whole number above 0.');
}

async function run(options: OauthClientsOptions, { stop }: Interruption): Promise<number> {
  const { userPoolId } = options;
  for (const option of ['rate', 'limit'] as const) {
    if (options[option] === undefined || options.check) continue;
    throw new CommandError(`--${option} is for --check: give that too, or leave it out`);
  }
  const workos = options.check ? connectCheck(options) : undefined;
  const client = new CognitoIdentityProviderClient(regionOf(userPoolId, process.env));
  const providers = await readProviders({ client, userPoolId, signal: stop });
  if (!providers) return EXIT.interrupted;
  if (options.write !== undefined) await writeClients(options.write, providers);

  const reports = providers.map(providerToReport);
  const check = workos?.checkOf(providers, stop);
  if (!options.count && !check) {
    print({ providers: reports, complete: true }, options);
    return EXIT.done;
  }
  const source = createUserSource({ userPoolId }, createServerClock());
  const estimate = await source.estimate();
  const progress = createOauthClientsProgress(process.stderr, estimate);
  try {
    const onProgress = progress.show;
    const { count } = options;
    const result = await summarizeProviders({
      reports,
      source,
      count,
      stop,
      onProgress,
      ...(check && { check }),
    });
    progress.end();
    print(result, options);
    return toExit(result);
  } finally {
    progress.end();
  }
}

/** Nothing, when it was stopped. */
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
  checkOf(providers: IdentityProvider[], stop: AbortSignal): IdentityCheck;
} {
  const { workosUsers } = connectWorkos(options);
  return {
    checkOf: (providers, stop) =>
      createIdentityCheck({
        workosUsers,
        scheduler: createRequestScheduler({
          writesPerSecond: 1,
          requestsPerSecond: options.rate ?? DEFAULT_RATE,
          signal: stop,
          onPause: (why, ms) =>
            process.stderr.write(`${why}: everything waits ${Math.ceil(ms / 1000)} s\n`),
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
  await writeFile(file, text, { mode: 0o600 }).catch((cause: Error) => {
    throw new ConfigurationError('--write', `cannot be written (${cause.message})`);
  });
  if (text.length > ENVIRONMENT_BYTES) {
    process.stderr.write(
      `warning: the map has ${text.length} bytes, and the environment of a deployed function may have 4,096 in all: keep the providers with the most users\n`,
    );
  }
}

function print(result: ProviderSummary, options: OauthClientsOptions): void {
  process.stdout.write(
    options.json
      ? toJsonLine({ userPoolId: options.userPoolId, ...result })
      : providersToText(result, options),
  );
  if (!result.complete) process.stderr.write('Stopped: the counts are of the users read so far.\n');
}

function toExit({ complete, check, unreadable = 0 }: ProviderSummary): number {
  if (!complete) return EXIT.interrupted;
  const found = unreadable > 0 || (check && (check.different.length > 0 || check.failed > 0));
  return found ? EXIT.attention : EXIT.done;
}
