import type { Answer } from './answer.ts';
import type { ExplainedFacts, OtherProfile, WorkosFacts } from './explanation.ts';
import { who } from './words.ts';

/** An answer with nothing in it but what is given. */
export function toAnswer(partial: Partial<Answer> & Pick<Answer, 'canSignIn' | 'account'>): Answer {
  return { answer: '', signIn: '', problem: '', todo: [], tell: '', operator: [], ...partial };
}

export function targetOf({ workos, forecast }: ExplainedFacts): WorkosFacts | undefined {
  if (!workos.known) return undefined;
  const outcome = forecast?.known ? forecast.value.outcome : undefined;
  const id = outcome && 'workosUserId' in outcome ? outcome.workosUserId : undefined;
  const { own, byEmail, noted } = workos.value;
  return [own, byEmail, noted].find((each) => each?.id === id) ?? undefined;
}

export function holderText(facts: ExplainedFacts, target: WorkosFacts | undefined): string {
  const holder = facts.others.find(({ sub }) => sub === target?.externalId);
  return holder ? ` (${describeOther(holder)})` : '';
}

/** "Grace Hopper <grace@example.com>, through Google". */
export function describeOther({ sub, profile }: OtherProfile): string {
  if (!profile) return `number ${sub}, gone from Cognito`;
  const kind =
    profile.kind === 'native'
      ? 'with a password'
      : `through ${profile.providers.map(({ name }) => name).join(', ')}`;
  return `${who(profile)}, ${kind}`;
}
