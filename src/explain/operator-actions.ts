/** What an operator can run for a person. */
export type OperatorAction =
  | 'bring'
  | 'fix'
  | 'mail'
  | 'mail_again'
  | 'take_over'
  | 'recreate'
  | 'retag'
  | 'delete_extra';

/**
 * - `command`: its name and options, without `npx cws` and without the pool or stage.
 * - `does`: what it does, as the end of a sentence that begins with "it".
 * - `reach`: whether it is for this person alone (`FILE` names the person), or works on everybody of that state.
 */
type OperatorActionText = {
  command: { name: string; options: string };
  does: string;
  reach: 'this_person' | 'everybody';
};

/** The text of each action. An action without one does not compile. */
export const OPERATOR_ACTIONS: Record<OperatorAction, OperatorActionText> = {
  bring: {
    command: { name: 'seed', options: '' },
    does: 'brings every Cognito account to WorkOS that is not there yet, or has changed',
    reach: 'everybody',
  },
  fix: {
    command: { name: 'verify', options: '--fix' },
    does: 'writes to WorkOS what Cognito says, wherever the two differ',
    reach: 'everybody',
  },
  mail: {
    command: { name: 'reset-passwords', options: '--only FILE --send' },
    does: 'has WorkOS mail the person a link to choose a new password; without --send it only says whom it would mail',
    reach: 'this_person',
  },
  mail_again: {
    command: { name: 'reset-passwords', options: '--only FILE --mail-again --send' },
    does: 'has WorkOS mail the person another link, an hour after the last one at the earliest; without --send it only says whom it would mail',
    reach: 'this_person',
  },
  take_over: {
    command: { name: 'verify', options: '--fix --take-over-unverified' },
    does: 'gives every WorkOS account with an unproved e-mail address to the Cognito account that has proved it, replaces its password by one that no person knows, and ends its sessions; it names second factors that are left, which are removed by hand; and it brings whatever else differs',
    reach: 'everybody',
  },
  recreate: {
    command: { name: 'seed', options: '--recreate' },
    does: 'makes every WorkOS account again that was deleted at WorkOS; and it brings whatever else is missing',
    reach: 'everybody',
  },
  retag: {
    command: { name: 'verify', options: '--fix --retag' },
    does: 'moves every WorkOS account that has the number of an account of this user pool, and the mark of another pool, to this pool; and it brings whatever else differs',
    reach: 'everybody',
  },
  delete_extra: {
    command: { name: 'verify', options: '--fix --delete-extra' },
    does: 'lists all WorkOS accounts whose Cognito account is gone, then deletes them; and it brings whatever else differs',
    reach: 'everybody',
  },
};
