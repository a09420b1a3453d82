import type { Situation } from '../../src/explain/answer.ts';
import type { Explanation } from '../../src/explain/explanation.ts';
import type { RecordedWrite } from '../../src/explain/recorded-users.ts';
import type { FieldValue } from '../../src/mirror/field-difference.ts';
import type { Section } from './section.ts';

/** Whose account it is, and by which rule. */
export function ruleSection(explanation: Explanation): Section | undefined {
  const { rule, conflict, forecast, inShort } = explanation;
  if (!rule && !conflict) {
    const why = WITHOUT_RULE[inShort.situation];
    return why === undefined ? undefined : { title: 'Why', lines: [why] };
  }
  return {
    title: 'Why',
    lines: [
      ...(rule ? [rule.sentence] : []),
      // What only both sides together show is no rule of the mirror's.
      ...(conflict && forecast?.known && forecast.value.outcome.outcome !== 'conflict'
        ? [conflict.means]
        : []),
    ],
  };
}

/** What no rule decides. */
const WITHOUT_RULE: Partial<Record<Situation, string>> = {
  unknown_at_both: 'Cognito and WorkOS were asked just now, and neither has such an account.',
  in_workos_only:
    'WorkOS has an account with this e-mail address, and Cognito has none. The sync touches only accounts that it has made for a Cognito account.',
  gone_from_cognito:
    'The WorkOS account has the number of a Cognito account, and Cognito does not have that account any more.',
};

/** What the sync would write, were the person to sign in to Cognito now. */
export function forecastSection(explanation: Explanation): Section | undefined {
  const { forecast, goneForecast, inShort } = explanation;
  const title = 'What happens next, by itself (this command has changed nothing)';
  const either = forecast ?? goneForecast;
  if (!either) {
    const next = NOTHING[inShort.situation];
    return next === undefined ? undefined : { title, lines: [next] };
  }
  if (!either.known) return { title, lines: [`Unknown: ${either.why}.`] };
  const { writes } = either.value;
  const lead = forecast?.known
    ? 'With the next sign-in at Cognito, or the next round of the patrol (once an hour), the sync'
    : 'When the sync is told that the Cognito account is gone, it';
  const lines =
    writes.length === 0
      ? [NOTHING[inShort.situation] ?? `${lead} writes nothing to WorkOS.`]
      : [`${lead}:`, ...writes.flatMap(writeToLines)];
  const answered =
    forecast?.known && forecast.value.isAnsweredByLedger && writes.length > 0
      ? [
          'But not for a while: the same state of the Cognito account was handled a short time ago, and until the time of the ledger is over (ledgerHours, a day by default; ten minutes after a conflict), or something changes in Cognito, the sync does not look at WorkOS again.',
        ]
      : [];
  return { title, lines: [...lines, ...answered] };
}

/** Why nothing is written. */
const NOTHING: Partial<Record<Situation, string>> = {
  in_sync:
    'Nothing, as long as nothing changes in Cognito. What changes there is brought to WorkOS, until the person has signed in at WorkOS for the first time.',
  second_profile: 'Nothing, as long as nothing changes in Cognito.',
  unknown_at_both: 'Nothing.',
  in_workos_only: 'Nothing.',
  crossed_over:
    'Nothing. A sign-in at the old application does not change the account at WorkOS any more.',
  not_mirrored: 'Nothing is brought to WorkOS as long as the Cognito account stays like this.',
  conflict:
    'Nothing: the sync leaves WorkOS as it is for this Cognito account until what is described above has changed. Waiting alone does not help.',
};

function writeToLines(write: RecordedWrite): string[] {
  switch (write.kind) {
    case 'create': {
      const { after } = write.difference;
      return ['- makes a new WorkOS account with', ...fieldsToLines(after)];
    }
    case 'update':
      return [
        `- changes the WorkOS account ${write.workosUserId}:`,
        ...write.difference.fields.map((field) =>
          fieldToLine(
            field,
            write.difference.before[field] ?? null,
            write.difference.after[field] ?? null,
          ),
        ),
        ...(write.overwritesPassword
          ? ['    password: overwritten with a random one that no person knows']
          : []),
      ];
    case 'end_sessions':
      return [`- ends all sessions of the WorkOS account ${write.workosUserId}`];
    case 'delete':
      return [
        `- deletes the WorkOS account ${write.workosUserId}, unless the deletions of today are used up`,
      ];
  }
}

function fieldsToLines(values: Record<string, FieldValue>): string[] {
  return Object.entries(values).map(([field, value]) => `    ${nameOf(field)}: ${toText(value)}`);
}

function fieldToLine(field: string, before: FieldValue, after: FieldValue): string {
  if (before === null) return `    ${nameOf(field)}: ${toText(after)} (none so far)`;
  if (after === null) return `    ${nameOf(field)}: removed (was ${toText(before)})`;
  return `    ${nameOf(field)}: ${toText(before)} becomes ${toText(after)}`;
}

const NAMES: Record<string, string> = {
  email: 'e-mail address',
  email_verified: 'e-mail address proved',
  first_name: 'first name',
  last_name: 'last name',
  external_id: 'belongs to the Cognito account (external id)',
  'metadata.cognito_pool': 'note: user pool',
  'metadata.cognito_auth': 'note: how the person signs in',
  'metadata.cognito_linked_subs': 'note: further Cognito accounts of the person',
  'metadata.federated_providers': 'note: providers',
  'metadata.oauth_clients': 'note: OAuth clients to reuse',
  'metadata.cognito_reset_mailed_at': 'note: when a reset mail was sent',
};

function nameOf(field: string): string {
  return NAMES[field] ?? field;
}

function toText(value: FieldValue): string {
  if (value === true) return 'yes';
  if (value === false) return 'no';
  return value === null ? 'none' : `"${value}"`;
}
