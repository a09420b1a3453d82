import type { AssessmentCheck } from '../check.ts';
import type { Assessment } from '../facts.ts';
import type { HeldTrigger } from '../pool-profile.ts';

/** AWS's partitions beside the commercial one have services and prices of their own. */
const OTHER_PARTITION = /^(cn|us-gov|us-iso\w*|eusc|eu-isoe)-/;

export function region({ userPoolId }: Assessment): AssessmentCheck | undefined {
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
export function triggers({ profile, takesPostAuthentication }: Assessment): AssessmentCheck[] {
  if (!profile.known) return [];
  return profile.value.triggers.flatMap((held) => {
    const check = toTriggerCheck(held);
    const isLeftAlone = held.trigger === 'PostAuthentication' && !takesPostAuthentication;
    if (!check || held.kind === 'ours' || !isLeftAlone) return check ?? [];
    const todo = `The sync leaves it alone, unless observePostAuthentication or carryPasswords is switched on. If so: ${check.todo}`;
    return { ...check, status: 'look' as const, todo };
  });
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

/** What could not be read at all is a reason to look, and names what to allow. */
export function unknown(facts: Assessment): AssessmentCheck | undefined {
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
