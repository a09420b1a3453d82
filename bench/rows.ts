import type { Bystander } from './bystander.ts';
import type { InitComparison } from './cold-init.ts';
import type { ThroughputOfRuns } from './consumer-throughput.ts';
import { COGNITO_SIGN_INS_PER_SECOND, type Flood } from './flood.ts';
import type { Drain } from './outage.ts';
import type { PatrolMeasurements } from './patrol.ts';
import type { SeedMeasurements, SeedRun } from './seed.ts';
import type { SizeComparison } from './size.ts';
import type { Spread } from './statistics.ts';
import type { TriggerComparison } from './trigger-time.ts';

/** Everything that the bench measures. */
export type Measurements = {
  sizes: SizeComparison[];
  inits: InitComparison[];
  triggers: TriggerComparison[];
  throughputs: ThroughputOfRuns[];
  floods: Flood[];
  bystanders: Bystander[];
  drains: Drain[];
  seed: SeedMeasurements;
  patrol: PatrolMeasurements;
};

/** One line of the table: our figure, what it is compared with, and the ratio of the two. */
export type BenchRow = {
  measure: string;
  of: string;
  ours: string;
  against: string;
  ratio: number;
};

/** What was measured → the lines of the table. */
export function measurementsToRows(measurements: Measurements): BenchRow[] {
  const { sizes, inits, triggers, throughputs, floods, bystanders, drains, seed, patrol } =
    measurements;
  return [
    ...sizes.map((each) => sizeRow('bundle, minified', each, 'minified')),
    ...sizes.map((each) => sizeRow('bundle, zipped', each, 'zipped')),
    ...inits.map(({ name, ours, bare }) => ({
      measure: 'cold init',
      of: name,
      ours: spread(ours),
      against: `bare ${spread(bare)}`,
      ratio: ours.median / bare.median,
    })),
    ...triggers.map(({ name, ours, raw, own }) => ({
      measure: 'time of a trigger',
      of: name,
      ours: `${ours.toFixed(2)} ms (own: ${own.toFixed(2)})`,
      against: `SendMessage ${raw.toFixed(2)} ms`,
      ratio: ours / raw,
    })),
    ...throughputs.flatMap(throughputRows),
    ...floods.flatMap(floodRows),
    ...bystanders.map(bystanderRow),
    ...drains.flatMap(drainRows),
    ...seedRows(seed),
    ...patrolRows(patrol),
  ];
}

function sizeRow(measure: string, { name, ours, bare }: SizeComparison, which: keyof typeof ours) {
  return {
    measure,
    of: name,
    ours: kilobytes(ours[which]),
    against: `bare ${kilobytes(bare[which])}`,
    ratio: ours[which] / bare[which],
  };
}

function throughputRows(result: ThroughputOfRuns): BenchRow[] {
  const { budget, rate, rates, bestRate, sequentialRate, rateLimited } = result;
  const row = (measure: string, ours: string, against: string, ratio: number) => ({
    measure,
    of: `consumer, ${throughputName(result)}`,
    ours,
    against,
    ratio,
  });
  const requests = (perEvent: number) =>
    [perEvent.toFixed(2), `budget ${budget}`, perEvent / budget] as const;
  const limit = `limit ${bestRate.toFixed(0)}/s`;
  return [
    row('requests an event', ...requests(result.requestsPerEvent)),
    row('… at the limit', ...requests(result.requestsPerEventAtLimit)),
    row(
      'answered 429',
      `${rateLimited}`,
      `${requestsOf(result)} requests`,
      rateLimited / requestsOf(result),
    ),
    row(
      'events, to the last',
      `${perSecond(rate)} (${rates.min.toFixed(0)}–${rates.max.toFixed(0)})`,
      limit,
      rate / bestRate,
    ),
    row(
      '… the first half',
      perSecond(result.rateInBacklog),
      limit,
      result.rateInBacklog / bestRate,
    ),
    row(
      '… to the last',
      perSecond(rate),
      `one by one ${perSecond(sequentialRate)}`,
      rate / sequentialRate,
    ),
  ];
}

/** The kind of event, with or without the ledger, as rows and aims name it. */
export function throughputName({ kind, ledger }: ThroughputOfRuns): string {
  return ledger ? `${kind}, ledger` : kind;
}

/** The requests of all events of a run at the limit. */
export function requestsOf({ requestsPerEventAtLimit, events }: ThroughputOfRuns): number {
  return Math.round(requestsPerEventAtLimit * events);
}

function floodRows({ ledger, attempts, attemptsPerSecond, workosRequests }: Flood): BenchRow[] {
  const of = ledger ? 'one name, ledger' : 'one name';
  return [
    {
      measure: 'sign-in attempts',
      of,
      ours: perSecond(attemptsPerSecond),
      against: `Cognito ${COGNITO_SIGN_INS_PER_SECOND}/s`,
      ratio: attemptsPerSecond / COGNITO_SIGN_INS_PER_SECOND,
    },
    {
      measure: '… requests to WorkOS',
      of,
      ours: `${workosRequests}`,
      against: `${attempts} attempts`,
      ratio: workosRequests / attempts,
    },
  ];
}

function bystanderRow({ share, asked, refused }: Bystander): BenchRow {
  return {
    measure: 'bystander refused',
    of: `beside a share of ${share}`,
    ours: `${refused}`,
    against: `${asked} asked`,
    ratio: refused / asked,
  };
}

function drainRows({ name, users, lastWait, medianWait, ideal }: Drain): BenchRow[] {
  const row = (measure: string, wait: number, best: number) => ({
    measure,
    of: name,
    ours: `${wait.toFixed(0)} s`,
    against: `backlog ÷ rate ${best.toFixed(0)} s`,
    ratio: wait / best,
  });
  return [
    row(`outage, last of ${users}`, lastWait, ideal),
    row('… the median user', medianWait, ideal / 2),
  ];
}

/** The most memory that a million users may take, in megabytes. */
export const MEMORY_FOR_A_MILLION = 250;

function seedRows({ atLimit, unlimited }: SeedMeasurements): BenchRow[] {
  const of = ({ name }: SeedRun) => (name === 'verify' ? 'verify, in sync' : `seed, ${name}`);
  return [
    {
      measure: 'users a second',
      of: of(atLimit),
      ours: perSecond(atLimit.usersPerSecond),
      against: `limit ${atLimit.limit}/s`,
      ratio: atLimit.usersPerSecond / atLimit.limit,
    },
    {
      measure: 'answered 429',
      of: of(atLimit),
      ours: `${atLimit.rateLimited}`,
      against: `${atLimit.users} users`,
      ratio: atLimit.rateLimited / atLimit.users,
    },
    ...unlimited.flatMap((run) => [
      {
        measure: 'requests a user',
        of: of(run),
        ours: run.requestsPerUser.toFixed(4),
        against: `at least ${run.best.toFixed(4)}`,
        ratio: run.requestsPerUser / run.best,
      },
      {
        measure: `${run.users} users`,
        of: of(run),
        ours: `${run.seconds.toFixed(1)} s`,
        against: `the limit's ${(run.users / atLimit.limit).toFixed(0)} s`,
        ratio: run.seconds / (run.users / atLimit.limit),
      },
      {
        measure: 'memory',
        of: of(run),
        ours: `${run.memory.toFixed(0)} MB`,
        against: `${MEMORY_FOR_A_MILLION} MB`,
        ratio: run.memory / MEMORY_FOR_A_MILLION,
      },
    ]),
  ];
}

function patrolRows({ sweep, unchangedRequests, latency }: PatrolMeasurements): BenchRow[] {
  const { users, requests, pages, seconds, ideal } = sweep;
  const { alone, beside, published } = latency;
  return [
    {
      measure: 'patrol, ListUsers requests',
      of: `${users} unchanged users`,
      ours: `${requests}`,
      against: `${pages} pages`,
      ratio: requests / pages,
    },
    {
      measure: '… its time',
      of: `${users} unchanged users`,
      ours: `${seconds.toFixed(1)} s`,
      against: `pages ÷ rate ${ideal.toFixed(1)} s`,
      ratio: seconds / ideal,
    },
    {
      measure: '… requests to WorkOS',
      of: 'an unchanged pool, all published',
      ours: `${unchangedRequests}`,
      against: `${published} users`,
      ratio: unchangedRequests / published,
    },
    {
      measure: 'a sign-up, to its outcome',
      of: 'beside a full round of new users',
      ours: spread(beside),
      against: `alone ${spread(alone)}`,
      ratio: beside.median / alone.median,
    },
  ];
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

function spread({ median, min, max }: Spread): string {
  return `${median.toFixed(1)} ms (${min.toFixed(0)}–${max.toFixed(0)})`;
}

function perSecond(rate: number): string {
  return `${rate.toFixed(1)}/s`;
}
