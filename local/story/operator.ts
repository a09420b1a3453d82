import type { UserType } from '@aws-sdk/client-cognito-identity-provider';
import type { SeedSummary } from '../../src/seed/summary.ts';
import { listCognitoUsers } from '../emulators/cognito/list-users.ts';
import type { LocalSystem } from '../local-system.ts';
import { type SeededSystem, type Seeding, seedPool } from './seed-pool.ts';
import type { Teller } from './teller.ts';

export type Operator = {
  /** Says how many users of which kind the pool has. */
  count(): Promise<void>;
  /** Runs the seed, and says how it goes and what it did. */
  seed(): Promise<void>;
  /** Has the patrol make a round, and says what became of the users that it published. */
  patrol(): Promise<void>;
};

/** Says how far the seed is as often as this. */
const PROGRESS_INTERVAL_MS = 500;

/** What the one who moves the users to WorkOS does, and sees of it. */
export function createOperator(
  system: SeededSystem & Pick<LocalSystem, 'drained' | 'patrol'>,
  teller: Pick<Teller, 'tell' | 'sumUp'>,
  signal: AbortSignal,
): Operator {
  return {
    async count() {
      const users = await listCognitoUsers(system.cognitoClient, system.userPoolId);
      teller.tell('Cognito', `${users.length} users, as ListUsers shows them:`);
      for (const [kind, { length }] of Map.groupBy(users, userToKind)) {
        teller.tell('', `${String(length).padStart(4)}  ${kind}`);
      }
    },
    async seed() {
      let done = 0;
      const progress = setInterval(
        () => teller.tell('seed', `${done} users so far`),
        PROGRESS_INTERVAL_MS,
      );
      const seeding = await seedPool(system, signal, ({ phase }) => {
        if (phase === 'seeding') done++;
      }).finally(() => clearInterval(progress));
      teller.tell('seed', `${seeding.summary.read} users: ${summaryToText(seeding.summary)}`);
      teller.tell('WorkOS', costToText(seeding));
    },
    async patrol() {
      const { messages, outcomes, reads, writes } = await teller.sumUp(async () => {
        await system.patrol(signal);
        await system.drained({ signal });
      });
      teller.tell('patrol', `one round published ${messages} of the pool's users`);
      const texts = Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`);
      teller.tell('WorkOS', `${texts.join(', ')}  ${reads} reads, ${writes} writes`);
    },
  };
}

function userToKind({ UserStatus, Enabled, Attributes = [] }: UserType): string {
  const attributes = Object.fromEntries(Attributes.map(({ Name, Value }) => [Name, Value]));
  const identities: { providerName: string }[] = JSON.parse(attributes.identities ?? '[]');
  const status = [UserStatus, ...identities.map(({ providerName }) => providerName)].join(' ');
  if (Enabled === false) return `${status}, disabled`;
  if (!attributes.email) return `${status}, no email`;
  return attributes.email_verified === 'true' ? status : `${status}, email not verified`;
}

/** `271 created, 4 conflicts, skipped: 7 disabled`: what there is none of is left out. */
function summaryToText({ read: _, skipped, ...outcomes }: SeedSummary): string {
  const all = counts(outcomes);
  const skips = counts(skipped);
  if (skips.length > 0) all.push(`skipped: ${skips.join(', ')}`);
  return all.join(', ');
}

function counts(of: Record<string, number>): string[] {
  return Object.entries(of).flatMap(([name, count]) => (count > 0 ? [`${count} ${name}`] : []));
}

function costToText({ summary, requests, seconds }: Seeding): string {
  const { reads, writes } = requests;
  const each = ((reads + writes) / summary.read).toFixed(2);
  return `${reads} reads, ${writes} writes: ${each} requests a user, ${seconds.toFixed(1)} s`;
}
