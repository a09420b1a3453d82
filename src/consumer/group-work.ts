import type { SQSRecord } from 'aws-lambda';
import type { DecodedMessage, GoneUser } from '../user/message.ts';
import type { ObservedUser } from '../user/observed-user.ts';

/** A message as SQS delivered it, and its decoded body. */
export type Delivery = { record: SQSRecord; message: DecodedMessage };

/**
 * What is mirrored in one step: the newest state of a user in the batch, and the older ones that it
 * supersedes. `position`: the place of the newest in its group.
 */
export type UserWork = { delivery: Delivery; superseded: Delivery[]; position: number };

/** What a message is about: an observed user, or a profile that is gone; undefined where it is malformed. */
export function aboutWhom(message: DecodedMessage): ObservedUser | GoneUser | undefined {
  switch (message.kind) {
    case 'message':
      return message.user;
    case 'gone':
      return message.gone;
    case 'malformed':
      return undefined;
  }
}

/**
 * A message group → one piece of work a user, ordered by the position of the user's newest state. A
 * malformed message, which names no user, is a piece of its own.
 */
export function groupToWork(group: readonly Delivery[]): UserWork[] {
  const bySub = new Map<string, UserWork & { observedAt: string }>();
  const work: UserWork[] = [];
  for (const [position, delivery] of group.entries()) {
    const about = aboutWhom(delivery.message);
    if (!about) {
      work.push({ delivery, superseded: [], position });
      continue;
    }
    const { sub, observedAt } = about;
    const known = bySub.get(sub);
    if (!known) bySub.set(sub, { delivery, superseded: [], position, observedAt });
    else if (Date.parse(observedAt) < Date.parse(known.observedAt)) known.superseded.push(delivery);
    else {
      const superseded = [...known.superseded, known.delivery];
      bySub.set(sub, { delivery, superseded, position, observedAt });
    }
  }
  return [...work, ...bySub.values()].sort((one, other) => one.position - other.position);
}
