/**
 * The prices that an estimate rests on, and where they are from: list prices of us-east-1 without free tiers, in
 * dollars. docs/cost.md has the arithmetic with the same numbers, and a test compares the two.
 */
export const AWS_PRICES = {
  asOf: 'November 2026',
  region: 'us-east-1',
  source: 'docs/cost.md',
  /** A request of a function, of SQS FIFO, a unit read or written in DynamoDB. */
  lambdaRequest: 0.2e-6,
  lambdaGbSecond: 0.0000133,
  sqsRequest: 0.5e-6,
  dynamoRead: 0.125e-6,
  dynamoWrite: 0.625e-6,
  /** Storage and point-in-time recovery, a GB and month. */
  dynamoGb: 0.45,
  logGb: 0.5,
  alarm: 0.1,
  metric: 0.3,
  dashboard: 3,
  stateTransition: 25e-6,
  key: 1,
  /** A password opened with an asymmetric key. */
  keyRequest: 0.15 / 10_000,
} as const;

/** WorkOS's pricing page, at the same time. */
export const WORKOS_PRICES = {
  asOf: 'November 2026',
  source: 'https://workos.com/pricing',
  /** Monthly active users without a price, and that of each further such number of them. */
  freeUsers: 1_000_000,
  furtherMillion: 2_500,
  /** An SSO connection a month, for each of the first so many. */
  connection: 125,
  connectionsAtThatPrice: 15,
} as const;

/** What the stack has, as docs/cost.md counts it. */
export const STACK = {
  alarms: 21,
  metrics: 37,
  carry: { alarms: 7, metrics: 10 },
} as const;
