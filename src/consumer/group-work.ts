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
 * What the messages of one user say about the password: the newest of them that does, because the newest observation
 * may be of a sign-in that had not got to the password yet.
 */
export function passwordIn({ delivery, superseded }: Pick<UserWork, 'delivery' | 'superseded'>) {
  const bringing = [delivery, ...superseded].flatMap(({ record, message }) =>
    message.kind === 'message' && message.password
      ? [{ password: message.password, user: message.user, messageId: record.messageId }]
      : [],
  );
  const [newest] = bringing.sort(
    (one, other) => Date.parse(other.user.observedAt) - Date.parse(one.user.observedAt),
  );
  if (!newest) return undefined;
  const isReset = bringing.some(({ password }) => password.isReset);
  return { ...newest, password: { ...newest.password, isReset } };
}

/**
 * The messages that are still needed when the user is mirrored and only the password is not dealt with: the newest
 * observation, and what says something about the password. The others must not fill the batches of the group.
 */
export function neededForPassword({
  delivery,
  superseded,
}: Pick<UserWork, 'delivery' | 'superseded'>): Delivery[] {
  const all = [delivery, ...superseded];
  const brought = passwordIn({ delivery, superseded });
  const reset = all.find(({ message }) => message.kind === 'message' && message.password?.isReset);
  return all.filter(
    (each) => each === delivery || each === reset || each.record.messageId === brought?.messageId,
  );
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
