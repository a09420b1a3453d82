import { CONFLICT_ANSWERS, describeWorkosUser } from './conflict-answers.ts';
import { toDay } from './day.ts';
import type { Explanation, OtherProfile, WorkosFacts } from './explanation.ts';
import type { ForecastStep } from './forecast.ts';
import { howToSignIn, who } from './words.ts';

/** What is the matter with a person, in one code. */
export type Situation =
  | 'in_sync'
  | 'crossed_over'
  | 'second_profile'
  | 'to_be_created'
  | 'to_be_linked'
  | 'to_be_updated'
  | 'older_state'
  | 'refused_by_workos'
  | 'not_mirrored'
  | 'conflict'
  | 'gone_from_cognito'
  | 'in_workos_only'
  | 'unknown_at_both'
  | 'workos_unknown';

/**
 * The answer to the question of a person at a help desk: can this person sign in at WorkOS with the same account, what
 * is wrong, what is to be done. Each is whole sentences; `problem` and `todo` may be empty.
 */
export type Answer = {
  canSignIn: 'yes' | 'not_yet' | 'no' | 'unknown';
  answer: string;
  problem: string;
  todo: string;
};

export type InShort = Answer & { situation: Situation; needsAction: boolean };

type Facts = Omit<Explanation, 'inShort'>;

const ARRIVES =
  'with the next sign-in at Cognito (or before that: once an hour, the patrol brings the profiles that have changed in Cognito)';
const BRING_NOW = 'Wait for that, or have an operator run npx cws seed, which brings it now.';

/** The facts about one sub → the answer. */
export function toInShort(facts: Facts): InShort {
  const found = judge(facts);
  const dead = facts.deadLetters.known ? facts.deadLetters.value.messages : [];
  if (dead.length === 0) return found;
  const [{ reason = '', what = '' } = {}] = dead;
  return {
    ...found,
    needsAction: true,
    problem: join(
      found.problem,
      `A message about this person could not be handled and lies in the dead-letter queue (${reason}).`,
    ),
    todo: join(found.todo, `About that message: ${what}.`),
  };
}

function judge(facts: Facts): InShort {
  const { cognito, workos } = facts;
  if (!workos.known) return workosUnknown(facts, workos.why);
  if (!cognito) return withoutProfile(facts);
  if (!facts.forecast?.known) {
    return workosUnknown(facts, facts.forecast?.why ?? 'the rules could not be applied');
  }
  const { outcome, steps } = facts.forecast.value;
  const me = who(cognito);
  if (facts.conflict) return inConflict(facts, me);
  switch (outcome.outcome) {
    case 'skipped':
      return notMirrored(me, outcome.reason);
    case 'created':
      return {
        situation: 'to_be_created',
        needsAction: true,
        canSignIn: 'not_yet',
        answer: `Not yet. WorkOS has no user for ${me}.`,
        problem: join(seenBefore(facts), movedFirst(facts, steps), `It arrives ${ARRIVES}.`),
        todo: BRING_NOW,
      };
    case 'linked':
      return toBeLinked(facts, me, steps);
    case 'updated':
      return toBeUpdated(facts, me);
    case 'unchanged':
      return inSync(facts, me, outcome.workosUserId);
    case 'stale':
      return {
        situation: 'older_state',
        needsAction: true,
        canSignIn: 'unknown',
        answer: `It is not certain for ${me}.`,
        problem: `The profile is changing at this moment, or WorkOS was written later than Cognito’s clock says.`,
        todo: 'Run the same command again in a minute.',
      };
    case 'rejected':
      return {
        situation: 'refused_by_workos',
        needsAction: true,
        canSignIn: 'unknown',
        answer: `It is not certain for ${me}.`,
        problem: `WorkOS refuses to answer about this user (${outcome.reason}).`,
        todo: 'Look the user up in the WorkOS dashboard.',
      };
    case 'conflict':
      // A conflict of the mirror's is always in `conflict`.
      return workosUnknown(facts, outcome.reason);
  }
}

function inConflict(facts: Facts, me: string): InShort {
  const reason = facts.conflict?.reason ?? 'unverified_email';
  const answer = CONFLICT_ANSWERS[reason]({ facts, me, target: conflictTarget(facts) });
  return { situation: 'conflict', needsAction: true, ...answer };
}

/** The WorkOS user that a conflict is about. */
function conflictTarget({ forecast, workos }: Facts): WorkosFacts | undefined {
  if (!workos.known) return undefined;
  const { own, byEmail, noted } = workos.value;
  const outcome = forecast?.known ? forecast.value.outcome : undefined;
  const id = outcome?.outcome === 'conflict' ? outcome.workosUserId : undefined;
  const all = [own, byEmail, noted].filter((each) => each !== null);
  return id === undefined ? all[0] : all.find((each) => each.id === id);
}

function notMirrored(me: string, reason: string): InShort {
  const base = { situation: 'not_mirrored', canSignIn: 'no', problem: '' } as const;
  switch (reason) {
    case 'disabled':
      return {
        ...base,
        needsAction: false,
        answer: `No. ${me} is disabled in Cognito, so the sync does not bring the profile to WorkOS.`,
        todo: 'There is nothing to do. If the person is to sign in again, enable the profile in Cognito; it then arrives by itself.',
      };
    case 'unconfirmed':
      return {
        ...base,
        needsAction: false,
        answer: `No. ${me} began to sign up in Cognito and never finished: the address was not confirmed.`,
        problem: 'Unfinished sign-ups are not brought to WorkOS.',
        todo: 'There is nothing to do. If the person wants an account, they finish the sign-up, or sign up at the new sign-in.',
      };
    default:
      return {
        ...base,
        needsAction: true,
        answer: `No. ${me} has no email address in Cognito, and WorkOS needs one.`,
        todo: 'Ask the person for an address, and have it entered and verified in Cognito.',
      };
  }
}

function toBeLinked(facts: Facts, me: string, steps: readonly ForecastStep[]): InShort {
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
    problem: `${problem} That happens ${ARRIVES}.`,
    todo: BRING_NOW,
  };
}

function toBeUpdated(facts: Facts, me: string): InShort {
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

/** The ledger would answer for the mirror, so that what differs is not seen for a while. */
function isPutOff({ forecast }: Facts): boolean {
  return forecast?.known === true && forecast.value.isAnsweredByLedger;
}

function inSync(facts: Facts, me: string, workosUserId: string): InShort {
  const target = targetOf(facts);
  const how = target ? ` ${howToSignIn(facts, target)}` : '';
  const base = { needsAction: false, canSignIn: 'yes', todo: 'There is nothing to do.' } as const;
  if (target && target.externalId !== facts.sub) {
    return {
      ...base,
      situation: 'second_profile',
      answer: `Yes. This is one of several Cognito profiles of one person, ${me}, who has one WorkOS user (${workosUserId}) and can sign in there${how}.`,
      problem: `The WorkOS user was made for the person’s other profile${holderText(facts, target)}. Both sides agree.`,
    };
  }
  if (target?.lastSignInAt !== undefined) {
    return {
      ...base,
      situation: 'crossed_over',
      answer: `Yes. ${me} has moved to WorkOS already (user ${workosUserId}; signed in there last on ${toDay(target.lastSignInAt)}).`,
      problem: differsText(facts, target),
    };
  }
  return {
    ...base,
    situation: 'in_sync',
    answer: `Yes. ${me} has the WorkOS user ${workosUserId}, and can sign in there${how}.`,
    problem: 'Both sides agree.',
  };
}

function differsText({ cognito }: Facts, target: WorkosFacts): string {
  const name = [target.firstName, target.lastName].filter((part) => part !== undefined).join(' ');
  const isSame = cognito?.name === name && cognito.email === target.email;
  if (isSame) return 'From now on WorkOS is where name, address and password are kept.';
  return `WorkOS says ${name} <${target.email}>, Cognito says ${cognito?.name ?? 'no name'} <${cognito?.email ?? 'no address'}>: that is as it should be. Since the first sign-in at WorkOS, what the person has there counts, and the sync does not overwrite it.`;
}

/** Neither a conflict nor a profile: what WorkOS, or the ledger, has of a sub or an address. */
function withoutProfile(facts: Facts): InShort {
  const user = facts.workos.known ? (facts.workos.value.own ?? facts.workos.value.byEmail) : null;
  if (!user) return unknownAtBoth(facts);
  if (!facts.goneForecast) {
    return {
      situation: 'in_workos_only',
      needsAction: false,
      canSignIn: 'yes',
      answer: `Yes, but this is no account of Cognito: ${describeWorkosUser(user)} exists at WorkOS alone.`,
      problem:
        user.pool === undefined
          ? 'The sync did not make this user and never touches it.'
          : `It belongs to another user pool (${user.pool}).`,
      todo: 'There is nothing to do.',
    };
  }
  return gone(facts, user);
}

function gone(facts: Facts, user: WorkosFacts): InShort {
  const base = { situation: 'gone_from_cognito', canSignIn: 'yes' } as const;
  const left = `${describeWorkosUser(user)} was made for a Cognito profile (sub ${facts.sub ?? ''}) that does not exist any more.`;
  if (user.lastSignInAt !== undefined) {
    return {
      ...base,
      needsAction: false,
      answer: `Yes. ${left}`,
      problem: `The person has signed in at WorkOS (last on ${toDay(user.lastSignInAt)}), so the account there is theirs and stays.`,
      todo: 'There is nothing to do, unless the account was to be deleted everywhere: then delete the WorkOS user as well.',
    };
  }
  const outcome = facts.goneForecast?.known ? facts.goneForecast.value.outcome : undefined;
  const conflict = outcome?.outcome === 'conflict' ? outcome.reason : undefined;
  return {
    ...base,
    needsAction: true,
    answer: `They still can, though the account was deleted in Cognito. ${left}`,
    problem:
      facts.deletions === 'keep'
        ? 'The sync is set to keep such users (deletions=keep).'
        : conflict === undefined
          ? 'The sync is set to delete such users (deletions=delete), unless those of today are used up; it has not been told of this one yet.'
          : `The sync does not delete it by itself (${conflict}).`,
    todo: 'If the person is to have no account any more, delete the WorkOS user, or have an operator run npx cws verify --fix --delete-extra, which lists all of them first.',
  };
}

function unknownAtBoth(facts: Facts): InShort {
  const noted = facts.ledger.known ? facts.ledger.value : null;
  return {
    situation: 'unknown_at_both',
    needsAction: true,
    canSignIn: 'no',
    answer: 'No. Neither Cognito nor WorkOS has this person.',
    problem:
      facts.sub === null
        ? 'A person whose account was deleted is not found by the address any more, only by the sub.'
        : noted === null
          ? 'The sync has never seen this sub either.'
          : `The sync knew them (last seen on ${toDay(noted.observedAt)}): the account was deleted on both sides since.`,
    todo: 'Check the spelling, and ask the person for the address they sign in with.',
  };
}

function workosUnknown({ cognito }: Facts, why: string): InShort {
  return {
    situation: 'workos_unknown',
    needsAction: true,
    canSignIn: 'unknown',
    answer: `It is not known${cognito ? ` for ${who(cognito)}` : ''}: WorkOS could not be asked.`,
    problem: `${why}.`,
    todo: 'Run the same command again later.',
  };
}

function targetOf({ workos, forecast }: Facts): WorkosFacts | undefined {
  if (!workos.known) return undefined;
  const outcome = forecast?.known ? forecast.value.outcome : undefined;
  const id = outcome && 'workosUserId' in outcome ? outcome.workosUserId : undefined;
  const { own, byEmail, noted } = workos.value;
  return [own, byEmail, noted].find((each) => each?.id === id) ?? undefined;
}

function holderText(facts: Facts, target: WorkosFacts | undefined): string {
  const holder = facts.others.find(({ sub }) => sub === target?.externalId);
  return holder ? ` (${describeOther(holder)})` : '';
}

function describeOther({ sub, profile }: OtherProfile): string {
  if (!profile) return `sub ${sub}, gone from Cognito`;
  const kind =
    profile.kind === 'native'
      ? 'with a password'
      : `through ${profile.providers.map(({ name }) => name).join(', ')}`;
  return `${who(profile)}, ${kind}, sub ${sub}`;
}

/** The address used to be another person's, who is moved on first. */
function movedFirst(facts: Facts, steps: readonly ForecastStep[]): string {
  if (!steps.some(({ kind }) => kind === 'move_holder_first')) return '';
  const holder = facts.others.find(({ relations }) => relations.includes('holds_workos_user'));
  const whose = holder ? ` (${describeOther(holder)})` : '';
  return `The address used to be another person’s${whose}, whose WorkOS user is moved to that person’s new address first.`;
}

function seenBefore({ ledger }: Facts): string {
  if (!ledger.known) return '';
  return ledger.value === null
    ? 'The sync has not seen this profile yet.'
    : `The sync has seen this profile (last on ${toDay(ledger.value.observedAt)}), and it was not brought.`;
}

function join(...sentences: string[]): string {
  return sentences.filter((each) => each !== '').join(' ');
}
