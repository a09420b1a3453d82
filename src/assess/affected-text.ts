import { counted } from '../page/format.ts';
import type { Affected } from './facts.ts';

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
      return 'how many users is not known';
  }
}
