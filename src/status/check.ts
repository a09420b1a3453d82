/** The lines of the screen, from the live path to the migration. Names as in `--json`. */
export type StatusName =
  | 'stack'
  | 'triggers'
  | 'observed'
  | 'queue'
  | 'lag'
  | 'dead_letters'
  | 'alarms'
  | 'patrol'
  | 'canary'
  | 'seeded'
  | 'verify'
  | 'since_verify'
  | 'passwords'
  | 'crossed_over'
  | 'mails';

/**
 * - `ok`: in order. `look`: not in the way, but worth a look. `bad`: not well.
 * - `unknown`: it could not be found out; the detail says why.
 * - `none`: there is nothing yet to judge.
 */
export type StatusState = 'ok' | 'look' | 'bad' | 'unknown' | 'none';

/** One line, without personal data. `at`: how old it is, ISO 8601; absent where nothing is known. */
export type StatusCheck = { state: StatusState; detail: string; at?: string };
export type NamedCheck = { name: StatusName } & StatusCheck;
