import { onTestFinished } from 'vitest';
import {
  type StrictUser,
  type StrictWorkosOptions,
  startStrictWorkos,
} from '../../local/emulators/workos.ts';

export const USERS = '/user_management/users';
export const AUTHENTICATE = '/user_management/authenticate';
const REVOKE = '/user_management/sessions/revoke';
/** Long enough for the password policy. */
export const PASSWORD = 'correct horse';

/** Starts a strict WorkOS that closes when the test ends, with a client that sends requests with its API key. */
export async function start(options: StrictWorkosOptions = {}) {
  const workos = await startStrictWorkos(options);
  onTestFinished(() => workos.close());

  async function call(method: string, path: string, body?: unknown, signal?: AbortSignal) {
    const response = await fetch(workos.url + path, {
      method,
      headers: { authorization: `Bearer ${workos.apiKey}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
    const answer = parseAnswer(await response.text());
    return { status: response.status, headers: response.headers, body: answer };
  }

  return {
    ...workos,
    get: (path: string) => call('GET', path),
    post: (body: unknown, path = USERS) => call('POST', path, body),
    put: (id: string, body: unknown) => call('PUT', `${USERS}/${id}`, body),
    revoke: (id: string | undefined) => call('POST', REVOKE, { session_id: id }),
    signIn: (email: string, password: string, more: object = {}) => {
      const client = { client_id: 'client_1', client_secret: workos.apiKey };
      return call('POST', AUTHENTICATE, {
        ...client,
        grant_type: 'password',
        email,
        password,
        ...more,
      });
    },
    call,
  };
}

/** What tests read of the API's answers: a user, a list or an error. */
interface WorkosAnswerBody extends Partial<StrictUser> {
  data: StrictUser[];
  list_metadata: { before: string | null; after: string | null };
  code?: string;
  message?: string;
  entity_id?: string;
  errors: { code: string; message: string }[];
  /** OAuth's own errors have this in place of `code`. */
  error?: string;
  user?: StrictUser;
}

function parseAnswer(text: string): WorkosAnswerBody {
  return JSON.parse(text || '{}');
}

/** A clock that moves only when a test sets `now`. */
export function fixedClock() {
  const clock = { now: Date.parse('2026-01-15T12:00:00Z'), read: () => clock.now };
  return clock;
}
