import { createSourceProfiles } from '../bulk/source-profiles.ts';
import type { UserSource } from '../cognito/user-source.ts';
import { type Leases, NO_LEASES } from '../mirror/leases.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import { RetryableError, type WorkosUser, type WorkosUsers } from '../workos/users.ts';
import { type MailRules, userToEligibility } from './eligibility.ts';
import type { MailLog } from './mail-log.ts';
import { mailedAt, newMark, writeMark } from './mail-mark.ts';
import { MAILED_BEFORE } from './no-mail.ts';
import type { Mail, Recipients } from './recipients.ts';

export type ClaimDependencies = {
  rules: MailRules;
  source: Pick<UserSource, 'asOf' | 'now' | 'reread' | 'find'>;
  workosUsers: Pick<WorkosUsers, 'get' | 'update'>;
  log: MailLog;
  recipients: Recipients;
  /** Let one process at a time look at a user and mark it. Default: none. */
  leases?: Leases | undefined;
  /** Users who are known to be mailed are mailed once more. Default false. */
  mailAgain?: boolean;
  /** Fires when no more mails should be begun. */
  stop: AbortSignal;
  /** Fires when requests in flight should be aborted. */
  abort: AbortSignal;
};

/** A user that only this run may mail. `isMarkedElsewhere`: an earlier mail of another run had marked it. */
export type ClaimedUser = { kind: 'claimed'; workosUser: WorkosUser; isMarkedElsewhere: boolean };

type NotClaimed =
  | { kind: 'failed' | 'already_sent'; reason: string }
  /** It was stopped. */
  | { kind: 'not_begun' };

const MAILED_MEANWHILE: NotClaimed = { kind: 'already_sent', reason: MAILED_BEFORE };
/** Much longer than a run takes from reading a WorkOS user to having marked it: two requests. */
const MARK_SETTLES_MS = 1_000;

/**
 * The last look before a mail, and the note and the mark that it is about to be sent.
 *
 * Two runs at once, on two machines, may both see no mark, and both write one. So each waits for longer than the
 * other takes from its look to its mark, and reads the mark again: the one that was written last is there, and
 * only its run mails (Fischer's algorithm, in Lamport 1987, "A fast mutual exclusion algorithm"). Two mails are
 * left possible where a mark takes WorkOS more than a second; with a ledger, leases keep the runs apart.
 *
 * @returns a function that throws RetryableError; then no mail may be sent, and a later try can help.
 */
export function createClaim(dependencies: ClaimDependencies) {
  const { workosUsers, source, log, recipients, rules, stop, abort } = dependencies;
  const { leases = NO_LEASES, mailAgain = false } = dependencies;
  const holders = createSourceProfiles({
    source,
    listed: recipients.profiles,
    isListed: () => true,
  });

  return ({ workosUserId, sub }: Mail, user: ObservedUser): Promise<ClaimedUser | NotClaimed> =>
    leases.hold(
      workosUserId,
      Date.now(),
      async () => {
        const seen = await look(workosUserId, user);
        if (seen.kind !== 'claimed') return seen;
        const mark = newMark(source.now());
        log.ask(workosUserId, sub, mark, { again: mailAgain });
        try {
          const refused = await markAndReread(workosUserId, mark);
          if (refused) log.release(workosUserId);
          return refused ?? seen;
        } catch (error) {
          log.release(workosUserId);
          throw error;
        }
      },
      stop,
    );

  /** Both sides as they are now. */
  async function look(id: string, user: ObservedUser): Promise<ClaimedUser | NotClaimed> {
    // Found by its external id or as a linked profile: the former has to be what it was.
    const before = recipients.index.byId(id);
    const workosUser = await workosUsers.get(id, stop);
    if (!workosUser) return { kind: 'failed', reason: 'deleted_in_workos' };
    await refresh(user, workosUser);
    const now = userToEligibility(user, recipients, rules);
    if (now.kind === 'skipped') return { kind: 'failed', reason: now.reason };
    if (workosUser.externalId !== before?.externalId) {
      return { kind: 'failed', reason: 'external_id_changed' };
    }
    const mark = mailedAt(workosUser);
    // Its own may be there without its knowledge: the answer to it was lost.
    const isMarkedElsewhere = mark !== undefined && mark !== log.markOf(id);
    if (isMarkedElsewhere && mark !== (before && mailedAt(before))) return MAILED_MEANWHILE;
    if (stop.aborted) return { kind: 'not_begun' };
    return { kind: 'claimed', workosUser, isMarkedElsewhere };
  }

  /** What both sides say now of the account, the profile that holds it included. */
  async function refresh(user: ObservedUser, workosUser: WorkosUser): Promise<void> {
    recipients.index.put(workosUser);
    recipients.profiles.put(user);
    const { userPoolId } = user;
    const { externalId: sub } = workosUser;
    if (sub !== undefined && sub !== user.sub) await holders.find({ userPoolId, sub }, stop);
  }

  /** @returns why the user must not be mailed. */
  async function markAndReread(id: string, mark: string): Promise<NotClaimed | undefined> {
    const result = await writeMark(workosUsers, id, mark, abort);
    if (result.kind === 'refused') return { kind: 'failed', reason: result.code };
    recipients.index.put(result.user);
    await new Promise((resolve) => setTimeout(resolve, MARK_SETTLES_MS));
    const now = await workosUsers.get(id, abort);
    if (!now) return { kind: 'failed', reason: 'deleted_in_workos' };
    const found = mailedAt(now);
    if (found === undefined) throw new RetryableError('WorkOS does not show the mark of the mail');
    return found === mark ? undefined : MAILED_MEANWHILE;
  }
}
