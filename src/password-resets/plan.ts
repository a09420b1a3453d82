import type { RequestScheduler } from '../bulk/request-scheduler.ts';
import type { UserSource } from '../cognito/user-source.ts';
import { StateError } from '../sqlite/state-file.ts';
import type { ListableWorkosUsers } from '../workos/users.ts';
import { type MailRules, userToEligibility } from './eligibility.ts';
import type { MailLog } from './mail-log.ts';
import type { Wanted } from './recipient-list.ts';
import type { People } from './recipients.ts';

export type PlanProgress = { phase: 'workos' | 'cognito'; users: number };

export type PlanDependencies = {
  rules: MailRules;
  source: UserSource;
  workosUsers: Pick<ListableWorkosUsers, 'list'>;
  log: MailLog;
  people: People;
  scheduler: RequestScheduler;
  /** Absent: everybody. */
  wanted?: Wanted;
  /** Whoever is in doubt is mailed, perhaps a second time. */
  retryInDoubt: boolean;
  stop: AbortSignal;
  onProgress?: (progress: PlanProgress) => void;
};

/**
 * Fills `people` from both sides: who gets a mail, who does not and why. Sends nothing.
 *
 * WorkOS is listed a hundred users a request, then the pool is read page by page.
 *
 * @throws StateError when the log belongs to another WorkOS environment; what the source and the pace
 *   throw; the signal's reason.
 */
export async function planMails(dependencies: PlanDependencies): Promise<void> {
  await listWorkos(dependencies);
  checkEnvironment(dependencies);
  await readPool(dependencies);
  judgeAll(dependencies);
  dependencies.people.planMails();
  dependencies.people.together(() => applyLog(dependencies));
}

async function listWorkos(dependencies: PlanDependencies): Promise<void> {
  const { workosUsers, people, scheduler, stop, onProgress } = dependencies;
  let after: string | undefined;
  do {
    stop.throwIfAborted();
    const page = await scheduler.run('read', () => workosUsers.list(after, stop));
    people.together(() => {
      for (const user of page.users) people.index.put(user);
    });
    onProgress?.({ phase: 'workos', users: people.index.size() });
    after = page.after;
  } while (after !== undefined);
}

/**
 * User ids are unique, so one of them tells the environment, whichever key opened it. Where none is
 * left, nobody in this environment has been mailed, and a new log loses nothing.
 */
function checkEnvironment({ log, people }: PlanDependencies): void {
  let noted = 0;
  for (const id of log.workosUserIds()) {
    if (people.index.byId(id)) return;
    noted += 1;
  }
  if (noted === 0) return;
  throw new StateError(
    `none of the ${noted} users in the state file is in this WorkOS environment: check WORKOS_API_KEY, or name another file with --state`,
  );
}

async function readPool(dependencies: PlanDependencies): Promise<void> {
  const { source, people, stop, onProgress } = dependencies;
  let users = 0;
  for await (const page of source.pages({ signal: stop })) {
    stop.throwIfAborted();
    people.together(() => {
      for (const { sub, where } of page.problems) people.putUnreadable(sub ?? where);
      for (const user of page.users) people.profiles.put(user);
    });
    users += page.users.length + page.problems.length;
    onProgress?.({ phase: 'cognito', users });
  }
}

/** Once all are known: whose account it is may depend on any of them. */
function judgeAll({ people, wanted, rules }: PlanDependencies): void {
  for (const users of people.profiles.pages()) {
    people.together(() => {
      for (const user of users) {
        const eligibility = userToEligibility(user, people, rules);
        const isWanted = wanted?.take(user, eligibility.workosUser) ?? true;
        people.putUser(user, eligibility, isWanted);
      }
    });
  }
}

/** What earlier runs have done is not done again. */
function applyLog({ log, people, wanted, retryInDoubt }: PlanDependencies): void {
  for (const { workosUserId } of people.mails()) {
    const note = log.find(workosUserId);
    switch (note?.outcome) {
      case 'sent':
        people.settle(workosUserId, 'already_sent');
        break;
      case 'asked':
      case 'in_doubt':
        if (!retryInDoubt) {
          people.settle(workosUserId, 'in_doubt', note.reason ?? 'interrupted');
        }
        break;
      case 'not_allowed':
        // Whoever names them has a reason to ask again: a policy that has changed.
        if (!wanted) people.settle(workosUserId, 'not_allowed', note.reason);
        break;
      case undefined:
        break;
    }
  }
}
