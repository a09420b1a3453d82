import type { ServerResponse } from 'node:http';
import { INJECTED_ANSWER } from '../../../local/emulators/injected-answer.ts';
import { readText, startLocalServer } from '../local-server.ts';
import { apiError, createActions } from './actions.ts';
import { createControl } from './control.ts';
import { createPoolControl } from './pool.ts';
import { createTokens } from './tokens.ts';
import type {
  CognitoAnswer,
  CognitoFault,
  RecordedCall,
  StrictCognito,
  StrictCognitoOptions,
} from './types.ts';
import { createUserList } from './users.ts';

const TARGET = 'AWSCognitoIdentityProviderService.';
const MARK = { [INJECTED_ANSWER]: 'fault' };
const NO_USERS = { count: 0, record: () => unreachable() };

/**
 * Starts an HTTP stand-in for the Cognito user pools API on a free port of 127.0.0.1 (Amazon Cognito user
 * pools API reference, JSON 1.1 protocol; docs/facts.md#cognito-list-users, #cognito-update-user-pool and
 * #cognito-secrets). Signatures are not checked.
 */
export async function startStrictCognito(
  options: StrictCognitoOptions = {},
): Promise<StrictCognito> {
  const { userPoolId = 'eu-central-1_Pool00001', clock = Date.now, latencyMs = 0 } = options;
  const users = createUserList(options.users ?? NO_USERS);
  const tokens = createTokens(options.tokenLifetimeRequests);
  const pool = createPoolControl(options.pool);
  const control = createControl({ users, tokens, pool, clock });
  const act = createActions({ ...options, userPoolId, users, tokens, pool, clock });
  const isThrottled = createThrottle(options);

  function answerTo(action: string, body: Record<string, unknown>, at: number): CognitoAnswer {
    tokens.countRequest();
    if (isThrottled(at)) return apiError('TooManyRequestsException', 'Rate exceeded');
    if (control.denied.has(action)) {
      const message = `User: arn:aws:iam::123456789012:user/seed is not authorized to perform: cognito-idp:${action}`;
      return apiError('AccessDeniedException', message);
    }
    return act(action, body);
  }

  const { endpoint, close } = await startLocalServer(async (request, response) => {
    const action = String(request.headers['x-amz-target']).replace(TARGET, '');
    const text = await readText(request);
    const body = JSON.parse(text || '{}');
    const record: RecordedCall = { action, at: clock(), status: 0, body };
    const index = control.requests.push(record) - 1;
    const fault = control.onRequest?.({ action, body, index });
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'reset') return void request.socket.resetAndDestroy();
    const answer = fault ?? answerTo(action, body, record.at);
    const finish = () => {
      record.status = send(response, answer);
    };
    if (latencyMs > 0) setTimeout(finish, latencyMs);
    else finish();
  });
  return { endpoint, userPoolId, control, close };
}

/** Requests over the limit do not count towards it: Cognito's quota counts the requests it carries out. */
function createThrottle({ maxRequestsPerSecond, throttleEvery }: StrictCognitoOptions) {
  const admitted: number[] = [];
  let count = 0;
  return (at: number): boolean => {
    count += 1;
    if (throttleEvery !== undefined && count % throttleEvery === 0) return true;
    if (maxRequestsPerSecond === undefined) return false;
    while ((admitted[0] ?? at) <= at - 1000) admitted.shift();
    if (admitted.length >= maxRequestsPerSecond) return true;
    admitted.push(at);
    return false;
  };
}

function send(
  response: ServerResponse,
  answer: CognitoAnswer | Exclude<CognitoFault, { kind: 'hang' | 'reset' }>,
): number {
  const { status, text, headers } = toHttp(answer);
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', ...headers });
  response.end(text);
  return status;
}

function toHttp(answer: CognitoAnswer | Exclude<CognitoFault, { kind: 'hang' | 'reset' }>) {
  if (!('kind' in answer)) return { status: answer.status, text: JSON.stringify(answer.body) };
  switch (answer.kind) {
    case 'garbage':
      return { status: 200, text: '<html>{"Users":', headers: MARK };
    case 'status':
      return { ...answer, text: answer.body ?? '', headers: { ...answer.headers, ...MARK } };
    case 'error': {
      const { type, message = type, status = 400 } = answer;
      return { status, text: JSON.stringify({ __type: type, message }) };
    }
  }
}

function unreachable(): never {
  throw new Error('there are no generated users');
}
