import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createTriggerHandler } from '../../src/triggers/trigger-handler.ts';
import { observedUser, triggerEvent } from '../fixtures/factories.ts';
import { metricTotals } from '../rigs/dual-run.ts';

let lines: string[];

beforeEach(() => {
  lines = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    lines.push(String(chunk));
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

const create = (env: Record<string, string> = {}) =>
  createTriggerHandler({
    service: 'pre-authentication',
    sources: ['PreAuthentication_Authentication'],
    env: { SYNC_QUEUE_URL: 'http://127.0.0.1:1/1/q.fifo', ...env },
  });

/** Fails on any look at it but the one that a promise takes. */
const unforeseen = () =>
  new Proxy(
    {},
    {
      get(_, key) {
        if (key === 'then' || key === 'toJSON') return undefined;
        throw new TypeError('nobody foresaw this of ada@example.com');
      },
    },
  );

it('an error nobody foresaw still gives Cognito its event back', async () => {
  const event = unforeseen();
  expect(await call(create(), event)).toBe(event);
});

it('a defect is counted and logged with its stack, without the message, which may quote an event', async () => {
  await call(create(), unforeseen());
  expect(metricTotals(lines)).toEqual({ PublicationLost: 1, UnexpectedError: 1 });
  const [error] = entries().filter(({ level }) => level === 'ERROR');
  expect(error).toMatchObject({
    service: 'pre-authentication',
    function_request_id: 'request-1',
    error: { name: 'TypeError' },
    frames: expect.arrayContaining([expect.stringMatching(/^at .*trigger-event/)]),
  });
  expect(lines.join()).not.toContain('ada@');
});

it('a defect beside a chained function is counted too', async () => {
  const env = {
    SYNC_CHAINED_FUNCTION_ARN: 'arn:aws:lambda:us-east-1:111122223333:function:theirs',
    AWS_ENDPOINT_URL_LAMBDA: 'http://127.0.0.1:1',
  };
  // JSON.stringify, which the chained function's event takes, is not what fails here.
  const event = { request: { userAttributes: {} } };
  Object.defineProperty(event, 'triggerSource', {
    enumerable: false,
    get() {
      throw new TypeError('nobody foresaw this');
    },
  });
  await expect(call(create(env), event)).rejects.toThrow('could not be called');
  expect(metricTotals(lines)).toEqual({
    ChainedFunctionFailed: 1,
    PublicationLost: 1,
    UnexpectedError: 1,
  });
});

it('a log line is one JSON object with the fields of the other functions, a metric is in the namespace', async () => {
  await call(create(), triggerEvent({ triggerSource: 'PreSignUp_SignUp' }));
  const [ignored, metrics] = entries();
  expect(ignored).toMatchObject({
    level: 'INFO',
    message: 'observation ignored',
    timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
    service: 'pre-authentication',
    cold_start: true,
    function_request_id: 'request-1',
  });
  expect(metrics).toEqual({
    _aws: {
      Timestamp: expect.any(Number),
      CloudWatchMetrics: [
        {
          Namespace: 'CognitoWorkosSync',
          Dimensions: [['service']],
          Metrics: [{ Name: 'ObservationIgnored', Unit: 'Count' }],
        },
      ],
    },
    service: 'pre-authentication',
    ObservationIgnored: 1,
  });
});

it('what is counted in one invocation is not counted in the next', async () => {
  const handler = create({ POWERTOOLS_LOG_LEVEL: 'ERROR' });
  for (let n = 0; n < 3; n++)
    await call(handler, triggerEvent({ triggerSource: 'PreSignUp_SignUp' }));
  expect(lines).toHaveLength(3);
  expect(metricTotals(lines)).toEqual({ ObservationIgnored: 3 });
});

it('a lost publication names the sub and no defect', async () => {
  await call(create(), triggerEvent({}));
  expect(metricTotals(lines)).toEqual({ PublicationLost: 1 });
  const [error] = entries().filter(({ level }) => level === 'ERROR');
  expect(error).toMatchObject({ sub: observedUser().sub });
});

function entries(): Record<string, unknown>[] {
  return lines.map((line) => JSON.parse(line));
}

/** As Lambda calls it: with JSON, whose types nobody has checked. */
function call(handler: unknown, event: unknown): Promise<unknown> {
  if (typeof handler !== 'function') throw new TypeError('not a handler');
  return handler(event, { awsRequestId: 'request-1' });
}
