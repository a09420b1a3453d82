import { AWS_PRICES, STACK } from './prices.ts';

/** Dollars. `perMonth`: during the dual run alone. */
export type CostEstimate = {
  /** What the owner may know better. */
  assumed: { users: number; signInsPerUser: number };
  perMonth: CostRow[];
  monthTotal: number;
  /** Once: the seed in AWS, and what a seed from the operator's machine costs. */
  seedInAws: number;
  seedFromLaptop: number;
  /** A month more with carryPasswords. */
  carryPasswords: number;
  /** Between none and this: the first three dashboards of an account are free. */
  dashboard: number;
};

export type CostRow = { service: string; what: string; dollars: number };

const MILLION = 1_000_000;
/** A function's memory in GB, and seconds of a trigger and of the consumer (docs/cost.md). */
const GB = 0.5;
const TRIGGER_SECONDS = 0.02;
const CONSUMER_SECONDS = 0.05;
const OBSERVATION_LOG_GB = 2.5e-6;
const LEDGER_GB = 0.3e-6;
const IDLE_POLLS = 5 * 3 * 43_200;
const WATCH_INVOCATIONS = 8_640;

/** What one observed sign-in costs, by the service that bills it. */
export function signInCosts(): CostRow[] {
  const p = AWS_PRICES;
  const seconds = (TRIGGER_SECONDS + CONSUMER_SECONDS) * GB;
  return [
    {
      service: 'Lambda',
      what: 'triggers and consumer, at sign-ins',
      dollars: 2 * p.lambdaRequest + seconds * p.lambdaGbSecond,
    },
    { service: 'SQS', what: 'messages of sign-ins', dollars: 3 * p.sqsRequest },
    { service: 'DynamoDB', what: 'ledger, at sign-ins', dollars: 2 * p.dynamoRead + p.dynamoWrite },
    { service: 'CloudWatch', what: 'logs of sign-ins', dollars: OBSERVATION_LOG_GB * p.logGb },
  ];
}

/**
 * The stack's bill, by the model of docs/cost.md.
 *
 * @param pool.users that are mirrored; `observations` of a sign-in: 2 with Post-Authentication attached.
 */
export function toAwsCost(pool: {
  users: number;
  signInsPerUser: number;
  observations: number;
}): CostEstimate {
  const p = AWS_PRICES;
  const { users, signInsPerUser, observations } = pool;
  const signIns = users * signInsPerUser;
  const ofSignIns = signInCosts().map((row) => ({
    ...row,
    dollars: row.dollars * signIns * observations,
  }));
  const patrol = patrolCosts(users);
  const fixed: CostRow[] = [
    { service: 'CloudWatch', what: `${STACK.alarms} alarms`, dollars: STACK.alarms * p.alarm },
    {
      service: 'CloudWatch',
      what: `about ${STACK.metrics} custom metrics`,
      dollars: STACK.metrics * p.metric,
    },
    { service: 'SQS', what: 'idle polling of the queue', dollars: IDLE_POLLS * p.sqsRequest },
    { service: 'Lambda', what: 'watch over the triggers', dollars: WATCH_INVOCATIONS * 1e-6 },
    {
      service: 'DynamoDB',
      what: 'storage of the ledger',
      dollars: users * LEDGER_GB * p.dynamoGb,
    },
  ];
  const perMonth = [...ofSignIns, ...fixed, ...patrol];
  const { alarms, metrics } = STACK.carry;
  return {
    assumed: { users, signInsPerUser },
    perMonth,
    monthTotal: sum(perMonth),
    seedInAws: users * FULL_ROUND,
    seedFromLaptop: users * 3 * p.dynamoWrite,
    // Passwords come with Post-Authentication, so that each sign-in is observed twice.
    carryPasswords:
      p.key +
      alarms * p.alarm +
      metrics * p.metric +
      signIns * p.keyRequest +
      (observations > 1 ? 0 : sum(ofSignIns)),
    dashboard: p.dashboard,
  };
}

/** A user of a full round: queue, consumer while WorkOS answers, ledger, logs (docs/cost.md#patrol). */
const FULL_ROUND =
  12_500e-6 * AWS_PRICES.lambdaGbSecond +
  0.02 / MILLION +
  2.23 * AWS_PRICES.sqsRequest +
  0.25 * AWS_PRICES.lambdaGbSecond +
  AWS_PRICES.lambdaRequest +
  2.1e-6 +
  1e-6 * AWS_PRICES.logGb;

const ROUNDS = 720;
const PATROL_GB = 0.25;
const PAGES_PER_SECOND = 5 * 0.95;

/** The patrol, hourly. */
function patrolCosts(users: number): CostRow[] {
  const p = AWS_PRICES;
  const secondsOfRound = users / 60 / PAGES_PER_SECOND;
  // At most, it is at work all the time.
  const seconds = Math.min(secondsOfRound * ROUNDS, 30 * 86_400);
  const transitions = 10 * ROUNDS * p.stateTransition;
  const writes = (seconds / 5) * p.dynamoWrite;
  const logs = (seconds / 5) * 0.5e-6 * p.logGb;
  return [
    {
      service: 'Lambda',
      what: 'the hourly patrol',
      dollars: seconds * PATROL_GB * p.lambdaGbSecond + 4 * ROUNDS * p.lambdaRequest,
    },
    { service: 'Step Functions', what: 'the hourly patrol', dollars: transitions },
    { service: 'DynamoDB', what: 'state of the patrol', dollars: writes },
    { service: 'CloudWatch', what: 'logs of the patrol', dollars: logs },
  ];
}

function sum(rows: readonly CostRow[]): number {
  return rows.reduce((total, { dollars }) => total + dollars, 0);
}
