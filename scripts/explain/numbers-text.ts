import type { Explanation, WorkosFacts } from '../../src/explain/explanation.ts';
import type { Section } from './section.ts';

/** The numbers, codes and notes of the person, for those who look further. */
export function numbersSection({
  sub,
  cognito,
  workos,
  rule,
  conflict,
  inShort,
}: Explanation): Section {
  const users = workos.known
    ? [workos.value.own, workos.value.byEmail, workos.value.noted].filter((each) => each !== null)
    : [];
  const unique = [...new Map(users.map((user) => [user.id, user])).values()];
  return {
    title: 'Numbers and codes',
    lines: [],
    rows: [
      ...(sub === null ? [] : [['sub, the number of the Cognito account', sub] as const]),
      ...(cognito && cognito.username !== sub ? [['username', cognito.username] as const] : []),
      ...(cognito?.status === undefined ? [] : [['status in Cognito', cognito.status] as const]),
      ...unique.flatMap(userRows),
      ['situation', inShort.situation],
      ...(rule ? [['rule', `${rule.name}, ${rule.anchor}`] as const] : []),
      ...(conflict ? [['conflict', `${conflict.reason}, docs/conflicts.md`] as const] : []),
    ],
  };
}

function userRows(user: WorkosFacts): (readonly [string, string])[] {
  const { id, externalId } = user;
  const notes = notesOf(user);
  return [
    ['number of the WorkOS account', id],
    ['external id, which links it to Cognito', externalId ?? 'none'],
    ...(notes === '' ? [] : [['notes of the sync on it', notes] as const]),
  ];
}

function notesOf(user: WorkosFacts): string {
  if (!user.ours) return '';
  const { signsInWith, taggedUnverified, passwordCarried, providers, linkedSubs } = user;
  const ways = [
    ...(signsInWith.includes('password') ? ['a password'] : []),
    ...(signsInWith.includes('federated') ? [providers.join(', ') || 'a provider'] : []),
  ];
  return [
    `signs in with ${ways.join(' and ') || 'nothing known'}`,
    ...(passwordCarried ? ['the password was carried over from Cognito'] : []),
    ...(taggedUnverified ? ['its Cognito account has not proved the address'] : []),
    ...(linkedSubs.length > 0
      ? [`further Cognito accounts of the person: ${linkedSubs.join(', ')}`]
      : []),
  ].join('; ');
}
