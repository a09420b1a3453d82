import {
  AdminGetUserCommand,
  type AdminGetUserCommandOutput,
  type CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { createPoolRequest } from '../cognito/pool-requests.ts';
import { SourceError } from '../cognito/user-source.ts';
import type { UserFinding } from '../verify/finding.ts';
import { createRateLimiter } from '../workos/rate-limiter.ts';
import { EXAMPLES, type MfaReadiness } from './facts.ts';

type MfaQuestion = {
  client: CognitoIdentityProviderClient;
  userPoolId: string;
  /** The pool's own setting; with OFF no user is asked about. */
  setting: MfaReadiness['setting'];
  /** Users who sign in with a password; at most `limit` of them. */
  users: Iterable<UserFinding & { username: string }>;
  /** How many such users there are in all. */
  total: number;
  limit: number;
  signal: AbortSignal;
  onProgress?: (lookedAt: number) => void;
};

/** AdminGetUser counts against a quota that the application's own calls need (Cognito, Quotas: UserRead). */
const REQUESTS_PER_SECOND = 25;
const PATIENCE = { troubleMs: 20_000, firstContactMs: 10_000, answerMs: 5_000 };

/** Who has set up MFA. Cognito tells it only one user at a time, and only to AdminGetUser. */
export async function askAboutMfa(question: MfaQuestion): Promise<MfaReadiness> {
  const { setting, total, limit, signal, onProgress } = question;
  const result: MfaReadiness = {
    ...(setting !== undefined && { setting }),
    lookedAt: 0,
    notLookedAt: 0,
    methods: {},
    enrolled: { count: 0, examples: [] },
  };
  if (setting === 'OFF') return result;
  const ask = createAsk(question);
  const scheduler = createRateLimiter(REQUESTS_PER_SECOND, 1);
  let why = total > limit ? `only ${limit} are asked about: raise --mfa-limit for more` : undefined;
  for (const user of question.users) {
    if (signal.aborted) break;
    try {
      const methods = await scheduler.add(() => ask(user.username));
      result.lookedAt++;
      note(result, user, methods);
      onProgress?.(result.lookedAt);
    } catch (error) {
      if (signal.aborted) break;
      if (!(error instanceof SourceError)) throw error;
      why = error.message;
      break;
    }
  }
  if (signal.aborted) why = 'stopped';
  const notLookedAt = Math.max(0, total - result.lookedAt);
  return { ...result, notLookedAt, ...(notLookedAt > 0 && why !== undefined && { why }) };
}

function createAsk({ client, userPoolId, signal }: MfaQuestion) {
  const request = createPoolRequest(userPoolId, PATIENCE);
  return async (username: string): Promise<string[]> => {
    const command = new AdminGetUserCommand({ UserPoolId: userPoolId, Username: username });
    const send = (abortSignal: AbortSignal) => client.send(command, { abortSignal });
    const answer = await request('AdminGetUser', send, signal);
    return answer.kind === 'ok' ? toMethods(answer.value) : [];
  };
}

/** The list; the preferred one, where a user has only that; the SMS of older pools (AdminGetUser: MFAOptions). */
function toMethods(answer: AdminGetUserCommandOutput): string[] {
  const { UserMFASettingList = [], PreferredMfaSetting, MFAOptions = [] } = answer;
  const methods = [...UserMFASettingList, ...(PreferredMfaSetting ? [PreferredMfaSetting] : [])];
  if (methods.length === 0 && MFAOptions.length > 0) methods.push('SMS_MFA');
  return [...new Set(methods)].sort();
}

function note(result: MfaReadiness, user: UserFinding, methods: string[]): void {
  if (methods.length === 0) return;
  for (const method of methods) result.methods[method] = (result.methods[method] ?? 0) + 1;
  result.enrolled.count++;
  if (result.enrolled.examples.length < EXAMPLES)
    result.enrolled.examples.push({ ...user, methods });
}
