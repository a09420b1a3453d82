import type { SQSRecord } from 'aws-lambda';
import type { DecodedMessage } from '../user/message.ts';

/** A message as SQS delivered it, and its decoded body. */
export type Delivery = { record: SQSRecord; message: DecodedMessage };

/**
 * What is mirrored in one step: the newest state of a user in the batch, and the older ones that it
 * supersedes. `position`: the place of the newest in its group.
 */
type UserWork = { delivery: Delivery; superseded: Delivery[]; position: number };

/**
 * A message group → one piece of work a user, ordered by the position of the user's newest state. A
 * malformed message, which names no user, is a piece of its own.
 */
export function groupToWork(group: readonly Delivery[]): UserWork[] {
  const bySub = new Map<string, UserWork & { observedAt: string }>();
  const work: UserWork[] = [];
  for (const [position, delivery] of group.entries()) {
    const { message } = delivery;
    if (message.kind !== 'message') {
      work.push({ delivery, superseded: [], position });
      continue;
    }
    const { sub, observedAt } = message.user;
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
