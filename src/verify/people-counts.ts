import type { DatabaseSync } from 'node:sqlite';
import * as v from 'valibot';
import { KEPT, type NoMailReason } from '../password-resets/no-mail.ts';
import type { EmailProblem } from './user-facts.ts';

/** Counts of people: all Cognito profiles of one WorkOS user, or of one address, are one person. */
export interface PeopleCounts {
  /** How the people who are mirrored, or should be, sign in. */
  kinds(): { password: number; federatedOnly: number; passwordAndFederated: number };
  /** Each provider, with the people who use it. `onlyWayIn`: they have no other provider, and no password. */
  providers(): ProviderCount[];
  /** People who use one of these providers, each once. `onlyWayIn`: they have no other provider, and no password. */
  through(names: readonly string[]): { people: number; onlyWayIn: number };
  /** People who lose their only way in: they have no password, and no provider that WorkOS has. */
  withoutWayIn(): number;
  /** Confirmed, enabled users without an email that can be used. */
  emailProblemCount(): number;
  emailProblems(): Iterable<EmailProblemUser>;
  /** People with a password: who keeps it, who gets a password-reset mail, and who does not, and why. */
  mails(): PasswordMails;
}

/**
 * People with a password, each once: `mailed` and all of `notMailed` are all of `people`.
 *
 * - `kept`: their password was carried over: those of `notMailed.carried`.
 * - `keptShare`: `kept` of `people`, from 0 to 1; 0 where there are none.
 * - `mailed`: mails that reset-passwords still has to send.
 */
type PasswordMails = {
  people: number;
  kept: number;
  keptShare: number;
  mailed: number;
  notMailed: Partial<Record<NoMailReason, number>>;
};

export type ProviderCount = { name: string; count: number; hasCounterpart: boolean };
export type EmailProblemUser = {
  sub: string;
  username: string;
  email?: string;
  reason: EmailProblem;
};

/** Profiles that are mirrored, or should be. */
const PEOPLE = `SELECT person, max(password) AS password, max(providers <> '[]') AS federated
  FROM cognito_users WHERE place NOT IN ('skipped', 'unreadable') GROUP BY person`;
const PROVIDERS = `SELECT person, each.value ->> 'name' AS name,
  each.value ->> 'hasCounterpart' AS has_counterpart
  FROM cognito_users, json_each(providers) AS each
  WHERE place NOT IN ('skipped', 'unreadable')`;

const countSchema = v.object({ count: v.number() });
const kindsSchema = v.object({
  password: v.number(),
  federatedOnly: v.number(),
  passwordAndFederated: v.number(),
});
const providerSchema = v.object({
  name: v.string(),
  count: v.number(),
  hasCounterpart: v.number(),
});
const throughSchema = v.object({ people: v.number(), onlyWayIn: v.number() });
const emailProblemSchema = v.object({
  sub: v.string(),
  username: v.string(),
  email: v.nullable(v.string()),
  reason: v.picklist(['no_email', 'unverified_email']),
});
const mailSchema = v.object({ reason: v.nullable(v.string()), count: v.number() });

export function createPeopleCounts(db: DatabaseSync): PeopleCounts {
  const count = (query: string) => v.parse(countSchema, db.prepare(query).get()).count;
  return {
    kinds() {
      const query = `SELECT
        count(*) FILTER (WHERE password = 1 AND federated = 0) AS password,
        count(*) FILTER (WHERE password = 0) AS federatedOnly,
        count(*) FILTER (WHERE password = 1 AND federated = 1) AS passwordAndFederated
        FROM (${PEOPLE})`;
      return v.parse(kindsSchema, db.prepare(query).get());
    },
    providers() {
      const query = `SELECT name, count(DISTINCT person) AS count, max(has_counterpart) AS hasCounterpart
        FROM (${PROVIDERS}) GROUP BY name ORDER BY name`;
      const rows = db.prepare(query).all();
      return rows.map((row) => {
        const { hasCounterpart, ...provider } = v.parse(providerSchema, row);
        return { ...provider, hasCounterpart: hasCounterpart === 1 };
      });
    },
    through(names) {
      const query = `SELECT count(*) AS people, count(*) FILTER (WHERE password = 0 AND others = 0) AS onlyWayIn
        FROM (${PEOPLE}) JOIN (
          SELECT person, count(*) FILTER (WHERE name IN (SELECT value FROM json_each(:names))) AS used,
            count(*) FILTER (WHERE name NOT IN (SELECT value FROM json_each(:names))) AS others
          FROM (${PROVIDERS}) GROUP BY person
        ) USING (person) WHERE used > 0`;
      return v.parse(throughSchema, db.prepare(query).get({ names: JSON.stringify(names) }));
    },
    withoutWayIn: () =>
      count(`SELECT count(*) AS count FROM (${PEOPLE}) AS people WHERE password = 0 AND federated = 1
        AND NOT EXISTS (SELECT 1 FROM (${PROVIDERS}) AS used
          WHERE used.person = people.person AND has_counterpart = 1)`),
    emailProblemCount: () =>
      count('SELECT count(*) AS count FROM cognito_users WHERE email_problem IS NOT NULL'),
    *emailProblems() {
      const query = `SELECT sub, username, email, email_problem AS reason FROM cognito_users
        WHERE email_problem IS NOT NULL ORDER BY sub`;
      for (const row of db.prepare(query).iterate()) {
        const { email, ...user } = v.parse(emailProblemSchema, row);
        yield { ...user, ...(email !== null && { email }) };
      }
    },
    mails() {
      // A person is mailed where one profile is; else the reason is that of one profile with a password.
      const query = `SELECT reason, count(*) AS count FROM (
          SELECT person, iif(min(no_mail IS NOT NULL) = 0, NULL, min(no_mail)) AS reason
          FROM cognito_users
          WHERE password = 1 AND place NOT IN ('skipped', 'unreadable') GROUP BY person
        ) GROUP BY 1`;
      const rows = db
        .prepare(query)
        .all()
        .map((row) => v.parse(mailSchema, row));
      const mailed = rows.find(({ reason }) => reason === null)?.count ?? 0;
      const kept = rows.find(({ reason }) => reason === KEPT)?.count ?? 0;
      const notMailed = Object.fromEntries(
        rows.flatMap(({ reason, count }) => (reason === null ? [] : [[reason, count]])),
      );
      const people = rows.reduce((sum, row) => sum + row.count, 0);
      return { people, kept, keptShare: people === 0 ? 0 : kept / people, mailed, notMailed };
    },
  };
}
