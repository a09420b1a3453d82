import type { InShort } from './answer.ts';
import { describeOther, holderText, joinSentences, targetOf } from './answer-parts.ts';
import { toDay } from './day.ts';
import type { ExplainedFacts } from './explanation.ts';
import type { ForecastStep } from './forecast.ts';
import { howToSignIn } from './words.ts';

const ARRIVES =
  'with the next sign-in at Cognito (or before that: once an hour, the patrol brings the profiles that have changed in Cognito)';
const BRING_NOW = 'Wait for that, or have an operator run npx cws seed, which brings it now.';

/** WorkOS has no user for the profile. */
export function toBeCreated(
  facts: ExplainedFacts,
  me: string,
  steps: readonly ForecastStep[],
): InShort {
  return {
    situation: 'to_be_created',
    needsAction: true,
    canSignIn: 'not_yet',
    answer: `Not yet. WorkOS has no user for ${me}.`,
    problem: joinSentences(
      seenBefore(facts),
      movedFirst(facts, steps),
      refusedBefore(facts) || arrival(facts, 'It arrives'),
    ),
    todo: bringNow(facts),
  };
}

export function toBeLinked(
  facts: ExplainedFacts,
  me: string,
  steps: readonly ForecastStep[],
): InShort {
  const target = targetOf(facts);
  const last = steps.at(-1)?.rule;
  const other = holderText(facts, target);
  const problem =
    last === 'holder_never_proved_address'
      ? `WorkOS still has this address under another Cognito profile${other}, which never proved that the address is its own. The account is ${me}’s, who has proved it.`
      : last === 'holder_is_the_same_person' || last === 'holder_gives_way_to_native'
        ? `Another Cognito profile of the same person${other} has the WorkOS user ${target?.id ?? ''}, and this profile is not noted on it yet.`
        : `WorkOS has a user with the same address (${target?.id ?? ''}), who is the same person, and is not joined with this profile yet.`;
  return {
    situation: 'to_be_linked',
    needsAction: true,
    canSignIn: last === 'holder_never_proved_address' ? 'not_yet' : 'yes',
    answer:
      last === 'holder_never_proved_address'
        ? `Not yet, but the account will be theirs.`
        : `Yes, ${me} will have one account on both sides.`,
    problem: `${problem} ${arrival(facts, 'That happens')}`,
    todo: bringNow(facts),
  };
}

export function toBeUpdated(facts: ExplainedFacts, me: string): InShort {
  const target = targetOf(facts);
  const how = target ? ` ${howToSignIn(facts, target)}` : '';
  return {
    situation: 'to_be_updated',
    needsAction: true,
    canSignIn: 'yes',
    answer: `Yes. ${me} has the WorkOS user ${target?.id ?? ''}, and can sign in there${how}.`,
    ...(isPutOff(facts)
      ? {
          problem:
            'But something was changed at WorkOS by another way than the sync (below), which does not know that yet: it looks at WorkOS again when a day has passed, or when the profile changes in Cognito.',
          todo: 'If WorkOS is to have what Cognito says, have an operator run npx cws verify --fix, which puts it right now.',
        }
      : {
          problem: `But WorkOS does not have the latest of Cognito yet (below). It arrives ${ARRIVES}.`,
          todo: BRING_NOW,
        }),
  };
}

/** When it is put right by itself; the ledger lets the sync look at WorkOS again only after a while. */
function arrival(facts: ExplainedFacts, what: string): string {
  if (!isPutOff(facts)) return `${what} ${ARRIVES}.`;
  const outcome = facts.ledger.known ? facts.ledger.value?.outcome : undefined;
  const after = outcome === 'mirrored' ? 'a day' : 'ten minutes';
  return `The sync does not know that yet: ${what.toLowerCase()} with the first sign-in ${after} or more after its last look at WorkOS, or when the profile changes in Cognito.`;
}

function bringNow(facts: ExplainedFacts): string {
  return isPutOff(facts)
    ? 'Wait for that, or have an operator run npx cws verify --fix, which puts it right now.'
    : BRING_NOW;
}

/** The address used to be another person's, who is moved on first. */
function movedFirst(facts: ExplainedFacts, steps: readonly ForecastStep[]): string {
  if (!steps.some(({ kind }) => kind === 'move_holder_first')) return '';
  const holder = facts.others.find(({ relations }) => relations.includes('holds_workos_user'));
  const whose = holder ? ` (${describeOther(holder)})` : '';
  return `The address used to be another person’s${whose}, whose WorkOS user is moved to that person’s new address first.`;
}

/** The ledger would answer for the mirror, so that what differs is not seen for a while. */
function isPutOff({ forecast }: ExplainedFacts): boolean {
  return forecast?.known === true && forecast.value.isAnsweredByLedger;
}

/** What WorkOS refuses, the forecast cannot know. */
function refusedBefore({ ledger }: ExplainedFacts): string {
  const { outcome, reason = 'unknown', settledAt = '' } = (ledger.known && ledger.value) || {};
  return outcome === 'rejected'
    ? `WorkOS refused it then (${reason}, on ${toDay(settledAt)}): unless the profile was put right in Cognito since, it is refused again.`
    : '';
}

function seenBefore({ ledger }: ExplainedFacts): string {
  if (!ledger.known) return '';
  return ledger.value === null
    ? 'The sync has not seen this profile yet.'
    : `The sync has seen this profile (last on ${toDay(ledger.value.observedAt)}), and it was not brought.`;
}
