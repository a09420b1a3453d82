import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { assess } from '../../src/assess/assess.ts';
import type { Assessment } from '../../src/assess/facts.ts';
import { assessmentToHtml } from '../../src/assess/page.ts';
import { createTally } from '../../src/assess/tally.ts';
import { createServerClock } from '../../src/aws/server-clock.ts';
import type { BulkResult } from '../../src/bulk/bulk-result.ts';
import { createRequestScheduler, requestsFor } from '../../src/bulk/request-scheduler.ts';
import { openState, type SeedState } from '../../src/seed/state.ts';
import { environmentToText } from '../../src/target/target-to-lines.ts';
import { keyToEnvironment } from '../../src/target/workos-environment.ts';
import { settingsOf } from '../shared/apply-settings.ts';
import { showBanner } from '../shared/banner.ts';
import { connectWorkos, setClock } from '../shared/connect-workos.ts';
import { toMirrorConfig } from '../shared/mirror-config.ts';
import { openBulkLedger } from '../shared/open-bulk-ledger.ts';
import { writeJsonLines } from '../shared/output-file.ts';
import { regionOf } from '../shared/region.ts';
import { CommandError, EXIT, type Interruption } from '../shared/run.ts';
import { createUserSource } from '../shared/user-source.ts';
import type { AssessOptions } from './assess-options.ts';
import { type AssessDisplay, createAssessDisplay } from './display.ts';
import { printAssessment } from './output.ts';
import { openAssessOutputs } from './outputs.ts';

/** `cws assess`: from its options to its exit code. */
export async function runAssess(
  options: AssessOptions,
  interruption: Interruption,
): Promise<number> {
  const { stop } = interruption;
  await using outputs = await openAssessOutputs(options);
  using setup = await prepare(options);
  const display = createAssessDisplay(process.stderr, await setup.source.estimate());
  try {
    const assessment = await runOnce(options, interruption, { ...setup, display });
    if (!assessment || stop.aborted) return stopped(display);
    refuseNothing(assessment, options);
    await outputs.html?.write(assessmentToHtml(assessment));
    await outputs.html?.commit();
    if (outputs.report) {
      await writeJsonLines(outputs.report, noteworthy(setup.state));
      await outputs.report.commit();
    }
    display.end();
    return await printAssessment(assessment, options);
  } catch (error) {
    if (!stop.aborted) {
      display.end();
      throw error;
    }
    return stopped(display);
  }
}

function stopped(display: AssessDisplay): number {
  display.end();
  display.notice('Stopped before there was a result. Run the same command again.');
  return EXIT.interrupted;
}

async function prepare(options: AssessOptions) {
  const { userPoolId, from, withoutWorkos = false } = options;
  const clock = createServerClock();
  const config = toMirrorConfig({}, clock);
  const connection = withoutWorkos
    ? undefined
    : connectWorkos(options, from === undefined ? undefined : clock);
  const environment = connection && {
    text: environmentToText(
      keyToEnvironment(await connection.apiKey.get()),
      connection.config.hostname,
    ),
  };
  await showBanner({ userPoolId, writes: false, ...(from !== undefined && { from }) }, connection);
  if (connection && from !== undefined) await setClock(connection);
  const tally = createTally(userPoolId);
  const state = openState(undefined, { userPoolId, workos: 'none' });
  return {
    clock,
    config,
    tally,
    state,
    source: createUserSource(options, clock, tally.addRecord),
    workosUsers: connection?.workosUsers,
    workosEnvironment: environment?.text,
    client: new CognitoIdentityProviderClient(regionOf(userPoolId, process.env)),
    [Symbol.dispose]() {
      tally[Symbol.dispose]();
      state.close();
    },
  };
}

type Setup = Awaited<ReturnType<typeof prepare>> & { display: AssessDisplay };

async function runOnce(
  options: AssessOptions,
  { stop, abort }: Interruption,
  { display, ...setup }: Setup,
): Promise<Assessment | undefined> {
  const { userPoolId, rate, signIns, mfaLimit, stage } = options;
  const scheduler = createRequestScheduler({
    writesPerSecond: rate,
    requestsPerSecond: requestsFor(rate),
    signal: abort,
    onPause: display.pause,
  });
  // As the seed will: a user who was deleted in WorkOS is known by the ledger, once there is one.
  await using bulk = await openBulkLedger({
    userPoolId,
    config: setup.config,
    clock: setup.clock.now,
    isReadOnly: true,
    scheduler,
    onNotice: display.notice,
  });
  const settings = stage === undefined ? {} : settingsOf(stage);
  const isObservedTwice =
    settings.observePostAuthentication === 'true' || settings.carryPasswords === 'true';
  // Awaited, so that the ledger is open as long as the seed that is forecast asks it.
  return await assess({
    ...setup,
    userPoolId,
    scheduler,
    ledger: bulk.ledger,
    assumed: {
      rate,
      share: Number(settings.workosShare ?? DEFAULT_SHARE),
      signInsPerUser: signIns,
      observations: isObservedTwice ? 2 : 1,
    },
    mfaLimit,
    now: setup.clock.now,
    stop,
    abort,
    onProgress: display.progress,
    onNotice: display.notice,
  });
}

/** As serverless.yml has it. */
const DEFAULT_SHARE = 0.5;

/** An assessment of nothing must not say that all is well. */
function refuseNothing({ forecast }: Assessment, { userPoolId }: AssessOptions): void {
  if (forecast.seed.read > 0) return;
  throw new CommandError(
    `the user pool ${userPoolId} has no users: check --user-pool-id, the AWS account and the region`,
  );
}

const NOTEWORTHY = new Set<BulkResult['outcome']>(['skipped', 'conflict', 'failed', 'stale']);

/** Users that an operator has to look at; never an address or a name. */
function* noteworthy(state: Pick<SeedState, 'results'>): Generator<object> {
  for (const { sub, outcome, reason, workosUserId } of state.results()) {
    if (NOTEWORTHY.has(outcome)) yield { sub, outcome, reason, workosUserId };
  }
}
