import { createSourceProfiles } from '../bulk/source-profiles.ts';
import { createReread } from '../cognito/reread.ts';
import type { UserSource } from '../cognito/user-source.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { PasswordResets } from '../workos/password-resets.ts';
import type { ResetAnswer } from '../workos/reset-answer.ts';
import { type ListableWorkosUsers, RetryableError, type WorkosUser } from '../workos/users.ts';
import { type MailRules, userToEligibility } from './eligibility.ts';
import type { MailLog } from './mail-log.ts';
import type { Mail, People } from './recipients.ts';

/** How one try ended; `not_begun` and `all_refused` leave the user as it was. */
export type MailResult =
  | { kind: 'sent' }
  | { kind: 'in_doubt' | 'not_allowed' | 'failed'; reason: string }
  | { kind: 'not_begun' }
  /** No further mail can be sent in this run. */
  | {
      kind: 'all_refused';
      because: 'quota' | 'password_sign_in_off' | 'key_refused';
      retryAfterSeconds?: number;
    };

export type MailDependencies = {
  rules: MailRules;
  source: Pick<UserSource, 'asOf' | 'now' | 'reread' | 'find'>;
  workosUsers: Pick<ListableWorkosUsers, 'get'>;
  resets: PasswordResets;
  log: MailLog;
  people: People;
  /** Fires when no more mails should be begun. */
  stop: AbortSignal;
  /** Fires when not even an answer should be waited for. */
  abort: AbortSignal;
  onNotice?: (notice: string) => void;
};

/**
 * One mail, from a last look at both sides to the noted result. The order is what keeps anybody from
 * two mails: the note that WorkOS is asked is on disk before the request leaves, the result after the
 * answer; a process killed in between leaves the note, and the user is in doubt.
 *
 * @returns a function that throws RetryableError where surely no mail was sent and a later try can help.
 */
export function createSendMail(dependencies: MailDependencies) {
  const { workosUsers, resets, log, people, rules, stop, abort } = dependencies;
  const reread = createReread({
    source: dependencies.source,
    abort: stop,
    onFailure: (why) =>
      dependencies.onNotice?.(`Cognito is no longer asked again before each mail: ${why}`),
  });
  const holders = createSourceProfiles({
    source: dependencies.source,
    listed: people.profiles,
    isListed: () => true,
  });

  return async (mail: Mail): Promise<MailResult> => {
    if (stop.aborted) return { kind: 'not_begun' };
    const { workosUserId, sub } = mail;
    const user = await reread(people.userOf(mail));
    if (!user) return { kind: 'failed', reason: 'deleted_in_cognito' };
    // Found by its external id or as a linked profile: the former has to be what it was.
    const before = people.index.byId(workosUserId)?.externalId;
    const workosUser = await workosUsers.get(workosUserId, stop);
    if (!workosUser) return { kind: 'failed', reason: 'deleted_in_workos' };
    await refresh(user, workosUser);
    const now = userToEligibility(user, people, rules);
    if (now.kind === 'skipped') return { kind: 'failed', reason: now.reason };
    if (workosUser.externalId !== before) {
      return { kind: 'failed', reason: 'external_id_changed' };
    }
    if (stop.aborted) return { kind: 'not_begun' };

    log.ask(workosUserId, sub);
    return note(workosUserId, await resets.send(workosUser.email, abort));
  };

  /** What both sides say now of the account, the profile that holds it included. */
  async function refresh(user: ObservedUser, workosUser: WorkosUser): Promise<void> {
    people.index.put(workosUser);
    people.profiles.put(user);
    const { userPoolId } = user;
    const { externalId: sub } = workosUser;
    if (sub !== undefined && sub !== user.sub) await holders.find({ userPoolId, sub }, stop);
  }

  function note(workosUserId: string, answer: ResetAnswer): MailResult {
    switch (answer.kind) {
      case 'sent':
        return noteSent(workosUserId, answer.userId);
      case 'in_doubt':
        log.settle(workosUserId, { outcome: 'in_doubt', reason: answer.reason });
        return { kind: 'in_doubt', reason: answer.reason };
      case 'not_allowed':
        log.settle(workosUserId, { outcome: 'not_allowed', reason: answer.code });
        return { kind: 'not_allowed', reason: answer.code };
      default:
        log.takeBack(workosUserId);
        return notSent(answer);
    }
  }

  /** WorkOS is asked by email, and an email can move to somebody else at the last moment. */
  function noteSent(workosUserId: string, mailedId: string): MailResult {
    log.settle(mailedId, { outcome: 'sent' });
    if (mailedId === workosUserId) return { kind: 'sent' };
    log.takeBack(workosUserId);
    return { kind: 'failed', reason: 'email_moved_to_another_user' };
  }
}

type NotSent = Exclude<ResetAnswer, { kind: 'sent' | 'in_doubt' | 'not_allowed' }>;

/** @throws RetryableError */
function notSent(answer: NotSent): MailResult {
  switch (answer.kind) {
    case 'rate_limited':
      throw new RetryableError('WorkOS asked to slow down (429)', {
        status: 429,
        retryAfterSeconds: answer.retryAfterSeconds,
      });
    case 'not_sent':
      throw new RetryableError(`WorkOS could not be reached (${answer.reason})`);
    case 'quota_used_up': {
      const { retryAfterSeconds } = answer;
      const when = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
      return { kind: 'all_refused', because: 'quota', ...when };
    }
    case 'password_sign_in_off':
    case 'key_refused':
      return { kind: 'all_refused', because: answer.kind };
    case 'gone':
      return { kind: 'failed', reason: 'deleted_in_workos' };
    case 'refused':
      return { kind: 'failed', reason: answer.code };
  }
}
