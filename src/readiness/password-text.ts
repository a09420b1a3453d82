import { counted, toCount, toShare } from '../page/format.ts';
import type { Readiness } from './facts.ts';

/** `120 of 756 people with a password keep theirs (15.9 %); 620 reset mails remain`. */
export function passwordsToText({ people, kept, mailed }: Readiness['mails']): string {
  const remaining = `${counted(mailed, 'reset mail')} ${mailed === 1 ? 'remains' : 'remain'}`;
  if (kept === 0) {
    const needs = people === 1 ? 'needs' : 'need';
    return `${counted(people, 'person', 'people')} with a password ${needs} a new one; ${remaining}`;
  }
  const keep = kept === 1 ? 'keeps' : 'keep';
  const all = counted(people, 'person', 'people');
  return `${toCount(kept)} of ${all} with a password ${keep} theirs (${toShare(kept, people)}); ${remaining}`;
}
