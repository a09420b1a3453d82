import { type RequestScheduler, WorkosUnavailableError } from '../bulk/request-scheduler.ts';
import { StateError } from '../sqlite/state-file.ts';
import { RetryableError } from '../workos/users.ts';
import type { Mail, Recipients } from './recipients.ts';
import { createSendMail, type MailDependencies, type MailResult } from './send-mail.ts';

/** How the sending ended: all due mails were tried, or why not. */
export type Ending =
  | { kind: 'complete' | 'limit' | 'stopped' | 'doubts' }
  | { kind: 'quota'; retryAfterSeconds?: number }
  /** No mail can be sent at all until the cause is fixed. */
  | { kind: 'gave_up'; why: string };

type SendDependencies = MailDependencies & {
  recipients: Recipients;
  scheduler: RequestScheduler;
  /** At most so many mails; those in doubt count. */
  limit: number;
  /** Mails on their way at the same time. */
  atATime: number;
  onResult?: (result: MailResult, mail: Mail) => void;
};

/** So many doubts in a row have a common cause, and each leaves a user who may or may not have a mail. */
const DOUBTS_IN_A_ROW = 3;

/**
 * Sends the mails that are due, in order, at the scheduler's rate. What became of each is in `recipients` and,
 * as far as later runs need it, in the log.
 *
 * @throws StateError when the log cannot be written; mails in flight have been waited for.
 */
export async function sendMails(dependencies: SendDependencies): Promise<Ending> {
  const { recipients, scheduler, limit, atATime, stop, onResult } = dependencies;
  const inFlight = new Set<Promise<void>>();
  let ending: Ending | undefined;
  let failure: { error: unknown } | undefined;
  let spent = 0;
  let doubts = 0;
  const isOver = () => ending !== undefined || failure !== undefined || stop.aborted;
  const sendMail = createSendMail({ ...dependencies, isOver });

  function settled(mail: Mail, result: MailResult): void {
    if (result.kind === 'sent' || result.kind === 'in_doubt') spent += 1;
    if (result.kind === 'in_doubt') doubts += 1;
    if (result.kind === 'sent' || result.kind === 'not_allowed') doubts = 0;
    if (doubts >= DOUBTS_IN_A_ROW) ending ??= { kind: 'doubts' };
    if (result.kind === 'all_refused') ending ??= refusalToEnding(result);
    else if (result.kind !== 'not_begun') {
      recipients.settle(
        mail.workosUserId,
        result.kind,
        'reason' in result ? result.reason : undefined,
      );
    }
    onResult?.(result, mail);
  }

  /** Rejects never. */
  async function send(mail: Mail): Promise<void> {
    let begun: Promise<MailResult> | undefined;
    const begin = async (): Promise<MailResult> => {
      if (isOver()) return { kind: 'not_begun' };
      begun = sendMail(mail);
      return begun;
    };
    try {
      // Ctrl-C ends the waiting for the scheduler, not a request in flight: its answer is still noted.
      const inTurn = scheduler.run('write', begin);
      settled(mail, await inTurn.catch((error) => afterStop(error, begun)));
    } catch (error) {
      if (stop.aborted && !(error instanceof StateError)) return;
      if (error instanceof WorkosUnavailableError)
        ending ??= { kind: 'gave_up', why: error.message };
      else if (error instanceof RetryableError) {
        settled(mail, { kind: 'failed', reason: error.message });
      } else failure ??= { error };
    }
  }

  async function afterStop(error: unknown, begun?: Promise<MailResult>): Promise<MailResult> {
    if (!stop.aborted || begun === undefined) throw error;
    return begun;
  }

  let reachedLimit = false;
  for (
    let mail = recipients.nextDue(0);
    mail && !isOver();
    mail = recipients.nextDue(mail.position)
  ) {
    while (
      !isOver() &&
      inFlight.size > 0 &&
      (inFlight.size >= atATime || spent + inFlight.size >= limit)
    ) {
      await Promise.race(inFlight);
    }
    reachedLimit = spent >= limit;
    if (reachedLimit) break;
    const work: Promise<void> = send(mail).finally(() => inFlight.delete(work));
    inFlight.add(work);
  }
  await Promise.all(inFlight);
  if (failure) throw failure.error;
  if (ending) return ending;
  if (stop.aborted) return { kind: 'stopped' };
  return { kind: reachedLimit ? 'limit' : 'complete' };
}

function refusalToEnding(refusal: Extract<MailResult, { kind: 'all_refused' }>): Ending {
  switch (refusal.because) {
    case 'quota': {
      const { retryAfterSeconds } = refusal;
      return { kind: 'quota', ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
    }
    case 'password_sign_in_off':
      return {
        kind: 'gave_up',
        why: 'signing in with a password is switched off in this WorkOS environment: switch it on under Authentication',
      };
    case 'key_refused':
      return {
        kind: 'gave_up',
        why: 'WorkOS refused the API key: check that it belongs to this environment and may manage users',
      };
  }
}
