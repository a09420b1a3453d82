import { listIntoIndex } from '../bulk/list-into-index.ts';
import type { RequestScheduler } from '../bulk/request-scheduler.ts';
import type { UserSource } from '../cognito/user-source.ts';
import { StateError } from '../sqlite/state-file.ts';
import type { ListableWorkosUsers } from '../workos/users.ts';
import { type MailRules, userToEligibility } from './eligibility.ts';
import type { MailLog } from './mail-log.ts';
import { isRecentMark, mailedAt } from './mail-mark.ts';
import { MAILED_BEFORE } from './no-mail.ts';
import type { RecipientFilter } from './recipient-list.ts';
import type { MailOutcome, Recipients } from './recipients.ts';

export type PlanProgress = { phase: 'workos' | 'cognito'; users: number };

type PlanDependencies = {
  rules: MailRules;
  source: UserSource;
  workosUsers: Pick<ListableWorkosUsers, 'list'>;
  log: MailLog;
  recipients: Recipients;
  scheduler: RequestScheduler;
  /** Default: all users. */
  only?: RecipientFilter;
  /** Users who may have been mailed already are mailed, perhaps a second time. */
  retryInDoubt: boolean;
  /** Users whose link has expired are mailed once more. */
  mailAgain: boolean;
  stop: AbortSignal;
  onProgress?: (progress: PlanProgress) => void;
};

/**
 * Fills `recipients` from both sides: who gets a mail, who does not and why. Sends nothing.
 *
 * WorkOS is listed a hundred users a request, then the pool is read page by page.
 *
 * @throws StateError when the log belongs to another WorkOS environment; what the source and the
 *   scheduler throw; the signal's reason.
 */
export async function planMails(dependencies: PlanDependencies): Promise<void> {
  await listWorkos(dependencies);
  checkEnvironment(dependencies);
  await readPool(dependencies);
  judgeAll(dependencies);
  dependencies.recipients.planMails();
  dependencies.recipients.together(() => applyLog(dependencies));
}

async function listWorkos(dependencies: PlanDependencies): Promise<void> {
  const { workosUsers, recipients, scheduler, stop, onProgress } = dependencies;
  await listIntoIndex({
    workosUsers: {
      list: (after, signal) => scheduler.run('read', () => workosUsers.list(after, signal)),
    },
    index: recipients.index,
    together: recipients.together,
    stop,
    abort: stop,
    onPage: (users) => onProgress?.({ phase: 'workos', users }),
  });
}

/**
 * User ids are unique, so one of them tells the environment, whichever key opened it. Where none is
 * left, no user in this environment has been mailed, and a new log loses nothing.
 */
function checkEnvironment({ log, recipients }: PlanDependencies): void {
  let noted = 0;
  for (const id of log.workosUserIds()) {
    if (recipients.index.byId(id)) return;
    noted += 1;
  }
  if (noted === 0) return;
  throw new StateError(
    `none of the ${noted} users in the state file is in this WorkOS environment: check WORKOS_API_KEY, or name another file with --state`,
  );
}

async function readPool(dependencies: PlanDependencies): Promise<void> {
  const { source, recipients, stop, onProgress } = dependencies;
  let users = 0;
  for await (const page of source.pages({ signal: stop })) {
    stop.throwIfAborted();
    recipients.together(() => {
      for (const { sub, where } of page.problems) recipients.putUnreadable(sub ?? where);
      for (const user of page.users) recipients.profiles.put(user);
    });
    users += page.users.length + page.problems.length;
    onProgress?.({ phase: 'cognito', users });
  }
}

/** Once all are known: whose account it is may depend on any of them. */
function judgeAll({ recipients, only, rules }: PlanDependencies): void {
  for (const users of recipients.profiles.pages()) {
    recipients.together(() => {
      for (const user of users) {
        const eligibility = userToEligibility(user, recipients, rules);
        const isNamed = only?.take(user, eligibility.workosUser) ?? true;
        recipients.putUser(user, eligibility, isNamed);
      }
    });
  }
}

/** What earlier runs have done is not done again. */
function applyLog(dependencies: PlanDependencies): void {
  const { recipients } = dependencies;
  for (const { workosUserId } of recipients.mails()) {
    const known = findEarlierMail(workosUserId, dependencies);
    if (known) recipients.settle(workosUserId, known.outcome, known.reason);
  }
}

/**
 * What is known of an earlier mail, unless the user is to be mailed all the same. A mark at WorkOS that this
 * log has not written is of another machine, or another state file: that run knows what became of the mail.
 */
function findEarlierMail(
  workosUserId: string,
  { log, recipients, source, only, retryInDoubt, mailAgain }: PlanDependencies,
): { outcome: MailOutcome; reason?: string | undefined } | undefined {
  const user = recipients.index.byId(workosUserId);
  const mark = user && mailedAt(user);
  if (mailAgain && !isRecentMark(mark, source.now())) return undefined;
  const note = log.find(workosUserId);
  if (note?.outcome === 'sent') return { outcome: 'already_sent' };
  if (mark !== undefined && mark !== log.markOf(workosUserId)) {
    return { outcome: 'already_sent', reason: MAILED_BEFORE };
  }
  switch (note?.outcome) {
    case 'asked':
    case 'in_doubt':
      if (retryInDoubt) return undefined;
      return { outcome: 'in_doubt', reason: note.reason ?? 'interrupted' };
    case 'not_allowed':
      // Naming a user is a reason to try again: the policy may have changed.
      return only ? undefined : { outcome: 'not_allowed', reason: note.reason };
    case undefined:
      return undefined;
  }
}
