import type { InShort } from './answer.ts';
import { describeOther, holderText, targetOf, toAnswer } from './answer-parts.ts';
import type { ExplainedFacts, WorkosFacts } from './explanation.ts';
import { joinSentences, sidesText, signInAnswer } from './sign-in-words.ts';
import { nameAtWorkos, whoAtWorkos } from './words.ts';

/** Nothing is to be written: both sides agree, or the person has crossed over. */
export function inSync(facts: ExplainedFacts, me: string, workosUserId: string): InShort {
  const target = targetOf(facts);
  const base = { needsAction: false, situation: 'in_sync' } as const;
  const account = `${me} has the WorkOS account ${workosUserId}.`;
  if (!target) return { ...base, ...toAnswer({ canSignIn: 'yes', account }) };
  const signIn = signInAnswer(facts, target);
  const todo = target.emailVerified
    ? []
    : [
        'Nothing for you to do. The person must prove the e-mail address, with the code that WorkOS mails (below).',
      ];
  const found = { ...signIn, canSignIn: 'yes', todo } as const;
  if (target.externalId !== facts.sub) {
    return {
      ...base,
      situation: 'second_profile',
      ...toAnswer({
        ...found,
        account: `This is one of several Cognito accounts of one person, ${me}, who has one WorkOS account (${workosUserId}). It was made for the person’s other Cognito account${holderText(facts, target)}, whose name counts: it is ${nameAtWorkos(target) || 'none'} at WorkOS.`,
      }),
    };
  }
  if (target.lastSignInAt !== undefined) {
    return {
      ...base,
      situation: 'crossed_over',
      ...toAnswer({ ...found, account: joinSentences(account, differsText(facts, target)) }),
    };
  }
  return {
    ...base,
    ...toAnswer({
      ...found,
      account: joinSentences(account, sidesText(facts, target), linkedText(facts, target)),
    }),
  };
}

/** The further profiles of the same person. */
function linkedText({ others }: ExplainedFacts, target: WorkosFacts): string {
  const linked = others.filter(({ relations }) => relations.includes('linked'));
  if (linked.length === 0) return '';
  const names = linked.map(describeOther).join('; ');
  const isOne = linked.length === 1;
  return `The same person has ${isOne ? 'another Cognito account' : 'other Cognito accounts'} (${names}) with the same proved e-mail address: ${isOne ? 'both lead' : 'all lead'} to this one WorkOS account. Its name is “${nameAtWorkos(target)}”, that of the Cognito account shown here.`;
}

/** The person has crossed over. */
function differsText({ cognito }: ExplainedFacts, target: WorkosFacts): string {
  const since =
    'Since the first sign-in at WorkOS, what the person has there counts, and the sync changes neither name, address nor password.';
  const isSame = cognito?.name === nameAtWorkos(target) && cognito.email === target.email;
  if (isSame) return `Name and e-mail address are the same on both sides. ${since}`;
  return `WorkOS says ${whoAtWorkos(target)}, Cognito says ${cognito?.name ?? 'no name'} <${cognito?.email ?? 'no e-mail address'}>: that is as it should be. ${since}`;
}
