import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AdminDisableUserCommand } from '@aws-sdk/client-cognito-identity-provider';
import * as v from 'valibot';
import { verdictToLines } from '../../src/readiness/verdict.ts';
import type { LocalSystem } from '../local-system.ts';
import type { Commands } from './commands.ts';
import type { Teller } from './teller.ts';

/** What the one who cuts over does, and sees of it. */
export type Cutover = {
  /** A person edits a user in WorkOS's dashboard. */
  editInWorkos(email: string, changes: { first_name: string }): void;
  /** Compares both sides, and says what differs. */
  verify(...args: string[]): Promise<void>;
  /** Disables, in Cognito, the profiles that verify found in conflict. */
  settleConflicts(): Promise<void>;
  /** The same, and writes the readiness report. */
  report(...args: string[]): Promise<void>;
  resetPasswords(...args: string[]): Promise<void>;
  /** Rejects unless the last comparison found both sides to agree. */
  ready(): void;
};

/** Kept when the story is over, so that it can be looked at. */
const REPORT_DIRECTORY = fileURLToPath(new URL('../../local-run', import.meta.url));

function listOf<T extends v.GenericSchema>(item: T) {
  return v.object({ count: v.number(), items: v.array(item) });
}

const verificationSchema = v.object({
  inSync: v.boolean(),
  verdict: v.picklist(['ready', 'look', 'differs']),
  checks: listOf(
    v.object({
      status: v.picklist(['ok', 'look', 'differs']),
      detail: v.string(),
      todo: v.exactOptional(v.string()),
    }),
  ),
  checked: v.number(),
  workosUsers: v.number(),
  missing: listOf(v.unknown()),
  stale: listOf(v.object({ fields: v.array(v.string()) })),
  conflicts: listOf(v.object({ sub: v.string(), reason: v.string() })),
  extra: listOf(v.unknown()),
  fixed: v.optional(v.number()),
  deletions: v.optional(v.object({ deleted: v.number() })),
});
type VerifyOutput = v.InferOutput<typeof verificationSchema>;

const mailsSchema = v.object({
  eligible: v.number(),
  sent: v.number(),
  alreadySent: v.number(),
  remaining: v.number(),
  skipped: v.record(v.string(), v.number()),
});

export function createCutover(
  system: LocalSystem,
  teller: Pick<Teller, 'tell'>,
  commands: Commands,
): Cutover {
  const pool = ['--user-pool-id', system.userPoolId];
  let last: VerifyOutput | undefined;

  async function verify(...args: string[]): Promise<void> {
    // Nothing is on its way at this point of the story, so there is nothing to wait for.
    const { result } = await commands.run('verify', ...pool, '--settle', '0', ...args);
    last = v.parse(verificationSchema, result);
    for (const line of verificationToLines(last)) teller.tell('verify', line);
  }

  return {
    editInWorkos(email, changes) {
      const { control } = system.workos;
      const user = control.userByEmail(email);
      if (!user) throw new Error(`${email} is not in WorkOS`);
      control.updateUser(user.id, changes);
      teller.tell('WorkOS', `${email} is ${changes.first_name} now, by hand`);
    },
    verify,
    async settleConflicts() {
      for (const { sub, reason } of last?.conflicts.items ?? []) {
        await system.cognitoClient.send(
          new AdminDisableUserCommand({ UserPoolId: system.userPoolId, Username: sub }),
        );
        teller.tell('Cognito', `profile ${sub.slice(0, 8)} disabled (${reason})`);
      }
    },
    async report(...args) {
      await mkdir(REPORT_DIRECTORY, { recursive: true });
      const file = join(REPORT_DIRECTORY, 'readiness.html');
      await verify('--html', file, ...args);
      teller.tell('report', file);
    },
    resetPasswords: (...args) => resetPasswords(commands, teller, [...pool, ...args]),
    ready() {
      if (!last?.inSync) throw new Error('verify does not find both sides to agree');
      for (const line of verdictToLines({ ...last, checks: last.checks.items }))
        teller.tell('verify', line);
    },
  };
}

async function resetPasswords(
  commands: Commands,
  teller: Pick<Teller, 'tell'>,
  args: string[],
): Promise<void> {
  const { result } = await commands.run('reset-passwords', '--rate', '200', ...args);
  const { eligible, sent, alreadySent, remaining, skipped } = v.parse(mailsSchema, result);
  const skips = Object.entries(skipped).map(([reason, count]) => `${count} ${reason}`);
  const told = `${eligible} people to be mailed: ${sent} mailed now, ${alreadySent} before, ${remaining} to go`;
  teller.tell('mail', told);
  teller.tell('', `no mail for: ${skips.join(', ')}`);
}

function verificationToLines(found: VerifyOutput): string[] {
  const { inSync, checked, workosUsers, missing, stale, conflicts, extra, fixed, deletions } =
    found;
  const fields = [...new Set(stale.items.flatMap((each) => each.fields))].join(', ');
  const reasons = [...new Set(conflicts.items.map(({ reason }) => reason))].join(', ');
  return [
    `${inSync ? 'in sync' : 'NOT in sync'}: ${checked} Cognito users, ${workosUsers} WorkOS users`,
    ...(fixed === undefined ? [] : [`${fixed} fixed`]),
    ...(deletions ? [`${deletions.deleted} deleted in WorkOS`] : []),
    ...(missing.count > 0 ? [`${missing.count} missing in WorkOS`] : []),
    ...(stale.count > 0 ? [`${stale.count} stale (${fields})`] : []),
    ...(conflicts.count > 0 ? [`${conflicts.count} in conflict (${reasons})`] : []),
    ...(extra.count > 0 ? [`${extra.count} in WorkOS alone`] : []),
  ];
}
