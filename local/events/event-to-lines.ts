import { toVisible, withoutInvisible } from '../../src/page/visible.ts';
import type { EventLine, LocalEvent } from './event.ts';
import type { ShownUser } from './shown.ts';

/** Cognito's calls that only look, or that set up the pool. */
const QUIET_ACTION = /^(List|Get|Describe|AdminGet|CreateUserPool)/;

/**
 * What people are told of an event; nothing of most.
 *
 * @param options.isSum single messages are left out, because their sum follows.
 */
export function eventToLines(event: LocalEvent, { isSum }: { isSum: boolean }): EventLine[] {
  switch (event.kind) {
    case 'note':
      return [{ tone: 'workos', who: event.who, text: event.text }];
    case 'call':
      if (QUIET_ACTION.test(event.action)) return [];
      return [{ tone: 'cognito', who: 'Cognito', text: callToText(event) }];
    case 'trigger':
      return [{ tone: 'cognito', who: 'trigger', text: triggerToText(event) }];
    case 'change':
      return isSum ? [] : [{ tone: 'queue', who: 'rule', text: changeToText(event) }];
    case 'queued':
      return isSum ? [] : [{ tone: 'queue', who: 'SQS', text: messageToText(event) }];
    case 'outcome':
      return isSum ? [] : outcomeToLines(event);
    case 'settled': {
      const text = `${counted(event.kept.length, 'message')} to be tried again later`;
      return event.kept.length > 0 ? [{ tone: 'problem', who: 'SQS', text }] : [];
    }
    case 'problem':
      return [
        {
          tone: 'problem',
          who: event.who,
          text: withoutInvisible(event.text),
          ...(event.reason && { aside: withoutInvisible(event.reason) }),
        },
      ];
    default:
      return [];
  }
}

type Of<Kind extends LocalEvent['kind']> = Extract<LocalEvent, { kind: Kind }>;

function callToText({ action, username }: Of<'call'>): string {
  return username ? `${action}  ${toVisible(username)}` : action;
}

function triggerToText({ source, email, status, sub, isSealed }: Of<'trigger'>): string {
  const sealed = isSealed ? ', with a sealed password' : '';
  return `${source}  ${toVisible(email || 'no email')}, ${status}, sub ${short(sub)}${sealed}`;
}

function changeToText({ name, sub, hasPoolId }: Of<'change'>): string {
  const pool = hasPoolId ? '' : ', without a pool id';
  const whom = sub === '' ? 'no sub' : `sub ${short(sub)}`;
  return `CloudTrail reports ${name}, ${whom}${pool}`;
}

function messageToText({ sub, isDeadLetter }: Of<'queued'>): string {
  const where = isDeadLetter ? 'dead-letter queue' : 'queue';
  return `one message on the ${where}, group ${short(sub)}`;
}

function outcomeToLines({ outcome, reason, reads, writes, user }: Of<'outcome'>): EventLine[] {
  const because = reason === undefined ? '' : ` (${reason})`;
  const about = user ? `  ${person(user)}` : '';
  const line: EventLine = {
    tone: 'workos',
    who: 'WorkOS',
    text: `${outcome}${because}${about}`,
    ...(reads !== undefined &&
      writes !== undefined && { aside: `${counted(reads, 'read')}, ${counted(writes, 'write')}` }),
  };
  const isWritten = writes === undefined ? outcome !== 'unchanged' : writes > 0;
  return user && isWritten ? [line, { tone: 'detail', who: '', text: tags(user) }] : [line];
}

function person({ name, email, isVerified }: ShownUser): string {
  return `${toVisible(name || 'no name')} <${toVisible(email)}>${isVerified ? '' : ', not verified'}`;
}

function tags({ externalId, auth, providers, clients, linked }: ShownUser): string {
  const shown = {
    external_id: short(externalId),
    auth: auth.join('+'),
    providers: providers.join(','),
    clients: clients.join(','),
    linked: linked.map(short).join(','),
  };
  return Object.entries(shown)
    .filter(([name, value]) => value !== '' || name === 'external_id')
    .map(([name, value]) => `${name} ${value}`)
    .join('  ');
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function short(id: string): string {
  return id.slice(0, 8);
}
