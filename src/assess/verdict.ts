import { CONFLICT_ADVICE, isConflictReason } from '../mirror/decide/conflicts.ts';
import { counted, sumOf } from '../page/format.ts';
import type { Affected, Assessment, LossName } from './facts.ts';
import { toLosses } from './losses.ts';
import type { HeldTrigger } from './pool-profile.ts';

/** `blocked`: the sync cannot be started as the pool is. `look`: it can, and a person decides about something first. */
export type AssessmentVerdict = 'ready' | 'look' | 'blocked';

/** One line of plain text about what was found, and what to do. `section`: where the page says more. */
export type AssessmentCheck = {
  name: CheckName;
  status: 'ok' | 'look' | 'blocked';
  detail: string;
  todo?: string;
  section: 'pool' | 'losses' | 'workos' | 'forecast';
};

export type CheckName =
  | 'usable_users'
  | 'region'
  | 'triggers'
  | 'conflicts'
  | 'unreadable'
  | 'workos'
  | 'unknown'
  | LossName;

export const HEADLINES: Record<AssessmentVerdict, string> = {
  ready: 'Ready to start',
  look: 'Look first',
  blocked: 'Blocked',
};

export type JudgedAssessment = {
  verdict: AssessmentVerdict;
  checks: AssessmentCheck[];
};

/** The one verdict for terminal, JSON, page and exit code: that of the gravest check. */
export function assessmentToVerdict(facts: Assessment): JudgedAssessment {
  const checks = [
    usableUsers(facts),
    region(facts),
    ...triggers(facts),
    conflicts(facts),
    unreadable(facts),
    workos(facts),
    ...decisions(facts),
    unknown(facts),
  ].filter((check) => check !== undefined);
  return { verdict: gravest(checks), checks };
}

function gravest(checks: readonly AssessmentCheck[]): AssessmentVerdict {
  if (checks.some(({ status }) => status === 'blocked')) return 'blocked';
  return checks.some(({ status }) => status === 'look') ? 'look' : 'ready';
}

function usableUsers({ users, forecast }: Assessment): AssessmentCheck {
  const { skipped, read, failed } = forecast.seed;
  const usable = read - sumOf(skipped) - failed;
  const along = usable - forecast.seed.conflicts;
  if (usable > 0) {
    return {
      name: 'usable_users',
      status: 'ok',
      detail: `${counted(along, 'user comes', 'users come')} along`,
      section: 'forecast',
    };
  }
  const noEmail = users.email.none === users.total;
  return {
    name: 'usable_users',
    status: 'blocked',
    detail: noEmail ? 'No user of this pool has an email' : 'No user of this pool can be brought',
    todo: noEmail
      ? 'A WorkOS user needs one: collect addresses in the application first'
      : 'See why they are left out',
    section: 'forecast',
  };
}

/** AWS's partitions beside the commercial one have services and prices of their own. */
const OTHER_PARTITION = /^(cn|us-gov|us-iso\w*|eusc|eu-isoe)-/;

function region({ userPoolId }: Assessment): AssessmentCheck | undefined {
  const name = userPoolId.split('_')[0] ?? '';
  if (!OTHER_PARTITION.test(name)) return undefined;
  return {
    name: 'region',
    status: 'look',
    detail: `The pool is in ${name}, outside of AWS's commercial regions`,
    todo: 'The stack has not been proven there, and the prices are others: rehearse with a test pool first',
    section: 'pool',
  };
}

/** The triggers that the sync takes; those that it leaves alone are a loss of their own. */
function triggers({ profile }: Assessment): AssessmentCheck[] {
  if (!profile.known) return [];
  return profile.value.triggers.flatMap((held) => toTriggerCheck(held) ?? []);
}

function toTriggerCheck(held: HeldTrigger): AssessmentCheck | undefined {
  const { trigger, functionArn, kind, stage } = held;
  const shared = { name: 'triggers', section: 'pool' } as const;
  switch (kind) {
    case 'ours':
      return {
        ...shared,
        status: 'look',
        detail: `${trigger} is already taken by the stage ${stage} of this service`,
        todo: `This pool has been started: take --stage ${stage}, or remove that stage first`,
      };
    case 'chain':
      return {
        ...shared,
        status: 'look',
        detail: `${trigger} is held by the function ${toFunctionName(functionArn)}`,
        todo: `Chain it: chain${trigger}: ${functionArn} in config/<stage>.yml`,
      };
    case 'unchainable':
      return {
        ...shared,
        status: 'blocked',
        detail: `${trigger} is held by ${functionArn}, which cannot be chained`,
        todo: 'Only a Lambda function can be, by its ARN: move what it does into one',
      };
    case 'other':
      return undefined;
  }
}

/** The part of the ARN that people know, a version or alias included. */
function toFunctionName(functionArn: string): string {
  return functionArn.split(':function:').at(-1) ?? functionArn;
}

function conflicts({ forecast }: Assessment): AssessmentCheck {
  const count = forecast.seed.conflicts;
  if (count === 0) {
    return {
      name: 'conflicts',
      status: 'ok',
      detail: 'No conflict is expected',
      section: 'forecast',
    };
  }
  const commonest = Object.entries(forecast.conflictReasons).sort((a, b) => b[1] - a[1])[0]?.[0];
  return {
    name: 'conflicts',
    status: 'look',
    detail: `${counted(count, 'user')} will be in conflict`,
    ...(commonest !== undefined &&
      isConflictReason(commonest) && { todo: CONFLICT_ADVICE[commonest].todo }),
    section: 'forecast',
  };
}

function unreadable({ forecast }: Assessment): AssessmentCheck | undefined {
  if (forecast.seed.failed === 0) return undefined;
  return {
    name: 'unreadable',
    status: 'look',
    detail: `${counted(forecast.seed.failed, 'record')} cannot be read, and will fail`,
    todo: '--report FILE names them',
    section: 'forecast',
  };
}

function workos({ workosUsers }: Assessment): AssessmentCheck | undefined {
  if (!workosUsers.known) {
    return {
      name: 'workos',
      status: 'look',
      detail: 'WorkOS was not looked at: the forecast is for an empty environment',
      todo: workosUsers.why,
      section: 'workos',
    };
  }
  const { otherPool } = workosUsers.value.kinds;
  if (otherPool === 0) return undefined;
  return {
    name: 'workos',
    status: 'look',
    detail: `${counted(otherPool, 'WorkOS user')} of another user pool ${otherPool === 1 ? 'is' : 'are'} in this environment`,
    todo: 'Check that it is the right WorkOS environment: addresses are unique in it',
    section: 'workos',
  };
}

/** Losses that are a matter of course: every pool has them, and nothing is to be decided. */
const MATTERS_OF_COURSE = new Set<LossName>(['sessions', 'devices', 'left_out', 'passwords']);

function decisions(facts: Assessment): AssessmentCheck[] {
  const open = toLosses(facts).filter(({ name }) => !MATTERS_OF_COURSE.has(name));
  return open.map(({ name, title, affected, todo }) => ({
    name,
    status: 'look',
    detail: `${title}: ${affectedToText(affected)}`,
    todo,
    section: 'losses',
  }));
}

/** What could not be read at all is a reason to look, and names what to allow. */
function unknown(facts: Assessment): AssessmentCheck | undefined {
  const whys = UNKNOWN_PARTS.flatMap(({ name, words }) => {
    const fact = facts[name];
    return fact.known ? [] : [{ words, why: fact.why }];
  });
  const [first] = whys;
  if (!first) return undefined;
  return {
    name: 'unknown',
    status: 'look',
    detail: `Not known: ${whys.map(({ words }) => words).join(', ')}`,
    todo: [...new Set(whys.map(({ why }) => why))].join('; '),
    section: 'pool',
  };
}

const UNKNOWN_PARTS = [
  { name: 'profile', words: "the pool's settings" },
  { name: 'mfa', words: 'its MFA' },
  { name: 'appClients', words: 'its app clients' },
  { name: 'groups', words: 'its groups' },
  { name: 'providers', words: 'its providers' },
] as const;

/** "1,204 users", "about 310 users (of 200 asked)", "up to 900 users", "unknown". */
export function affectedToText(affected: Affected): string {
  switch (affected.kind) {
    case 'known':
      return counted(affected.users, 'user');
    case 'about':
      return `about ${counted(affected.users, 'user')}, reckoned from ${affected.asked}`;
    case 'at_most':
      return `up to ${counted(affected.users, 'user')}`;
    case 'unknown':
      return 'how many is not known';
  }
}
