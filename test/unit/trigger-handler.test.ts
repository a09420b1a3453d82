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

/** Throws a TypeError when a property is read, other than those that promises and JSON.stringify read. */
const throwingEvent = () =>
  new Proxy(
    {},
    {
      get(_, key) {
        if (key === 'then' || key === 'toJSON') return undefined;
        throw new TypeError('defect while reading ada@example.com');
      },
    },
  );

it('the trigger returns the event unchanged when a defect throws', async () => {
  const event = throwingEvent();
  expect(await call(create(), event)).toBe(event);
});

it('a defect in the trigger is counted and logged with its stack and without its message, which may contain an email', async () => {
  await call(create(), throwingEvent());
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

it('a defect in the trigger is counted when the chained function fails as well', async () => {
  const env = {
    SYNC_CHAINED_FUNCTION_ARN: 'arn:aws:lambda:us-east-1:111122223333:function:theirs',
    AWS_ENDPOINT_URL_LAMBDA: 'http://127.0.0.1:1',
  };
  // Not enumerable, so that JSON.stringify for the chained function does not throw.
  const event = { request: { userAttributes: {} } };
  Object.defineProperty(event, 'triggerSource', {
    enumerable: false,
    get() {
      throw new TypeError('defect');
    },
  });
  await expect(call(create(env), event)).rejects.toThrow('could not be called');
  expect(metricTotals(lines)).toEqual({
    ChainedFunctionFailed: 1,
    PublicationLost: 1,
    UnexpectedError: 1,
  });
});

it('an ignored event is logged as one JSON object and counted in the namespace CognitoWorkosSync', async () => {
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

it('a metric of one invocation is not counted again in the next', async () => {
  const handler = create({ POWERTOOLS_LOG_LEVEL: 'ERROR' });
  for (let n = 0; n < 3; n++)
    await call(handler, triggerEvent({ triggerSource: 'PreSignUp_SignUp' }));
  expect(lines).toHaveLength(3);
  expect(metricTotals(lines)).toEqual({ ObservationIgnored: 3 });
});

it('a lost publication is logged with the sub and not counted as an unexpected error', async () => {
  await call(create(), triggerEvent({}));
  expect(metricTotals(lines)).toEqual({ PublicationLost: 1 });
  const [error] = entries().filter(({ level }) => level === 'ERROR');
  expect(error).toMatchObject({ sub: observedUser().sub });
});

function entries(): Record<string, unknown>[] {
  return lines.map((line) => JSON.parse(line));
}

/** Calls the handler as Lambda does: with JSON of any type. */
function call(handler: unknown, event: unknown): Promise<unknown> {
  if (typeof handler !== 'function') throw new TypeError('not a handler');
  return handler(event, { awsRequestId: 'request-1' });
}
