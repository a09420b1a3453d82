import { WorkOS } from '@workos-inc/node';
import * as v from 'valibot';
import type { WorkosConfig } from '../config/workos.ts';
import type { ApiKeySource } from './api-key.ts';
import { type ResetAnswer, toResetAnswer } from './reset-answer.ts';
import { createTransport, type RequestCounter } from './transport.ts';

/** Password-reset mails, which WorkOS sends. */
export interface PasswordResets {
  /**
   * Asks WorkOS, once, to mail the user with this address. Never throws: every failure is one of the
   * answers. The token and the link in WorkOS's answer are dropped unread.
   */
  send(email: string, signal?: AbortSignal): Promise<ResetAnswer>;
}

/** Longer than for other requests: after a timeout it is not known whether a mail was sent. */
const REQUEST_TIMEOUT_MS = 30_000;

const codeSchema = v.object({ code: v.string() });

/**
 * `POST /user_management/password_reset`, which sends the mail (docs/facts.md#workos-password-reset).
 *
 * The SDK would repeat the request after a timeout, a 5xx or a lost connection, when the mail may have been
 * sent, so its retries are off. Its exception for 429 omits the code that distinguishes the daily quota from
 * the rate limit, so the code is read from the response itself.
 *
 * @param dependencies.timeoutMs default 30 seconds.
 */
export function createPasswordResets(dependencies: {
  config: WorkosConfig;
  apiKey: ApiKeySource;
  counter: RequestCounter;
  timeoutMs?: number;
}): PasswordResets {
  const { config, apiKey, counter, timeoutMs: timeout = REQUEST_TIMEOUT_MS } = dependencies;
  const { hostname: apiHostname, port, https } = config;

  return {
    async send(email, signal) {
      const key = await apiKey.get().catch(() => undefined);
      if (key === undefined) return { kind: 'key_refused' };
      const transport = createTransport(counter);
      let code: string | undefined;
      const fetchFn: typeof fetch = async (input, init) => {
        const response = await transport.fetch(input, init);
        if (!response.ok) code = await codeOf(response.clone());
        return response;
      };
      const options = { apiKey: key, apiHostname, port, https, fetchFn, timeout, maxRetries: 0 };
      const users = new WorkOS(options).userManagement;
      const { result, answer } = await transport.run(signal, () =>
        users.createPasswordReset({ email }),
      );
      return toResetAnswer(result, { ...answer, ...(code !== undefined && { code }) });
    },
  };
}

async function codeOf(response: Response): Promise<string | undefined> {
  const body: unknown = await response.json().catch(() => undefined);
  const parsed = v.safeParse(codeSchema, body);
  return parsed.success ? parsed.output.code : undefined;
}
