import { isSameAddress } from '../user/address.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import { RetryableError, type WorkosUser } from '../workos/users.ts';
import type { VerifyContext } from './context.ts';

/**
 * Reads the WorkOS users that a verdict about one Cognito user rests on, and brings the index up to date.
 *
 * @returns those users; undefined where WorkOS did not answer: the index stays as it was.
 */
export async function readWorkosAgain(
  user: ObservedUser,
  context: Pick<VerifyContext, 'comparison' | 'workosUsers' | 'abort'>,
): Promise<WorkosUser[] | undefined> {
  const found = await read(user, context).catch((error: unknown) => {
    if (error instanceof RetryableError && !context.abort.aborted) return undefined;
    throw error;
  });
  for (const each of found ?? []) context.comparison.index.put(each);
  return found;
}

/** The email is asked for only where the rules would look at who has it. */
async function read(
  { sub, email }: ObservedUser,
  {
    comparison: { index },
    workosUsers,
    abort,
  }: Pick<VerifyContext, 'comparison' | 'workosUsers' | 'abort'>,
): Promise<WorkosUser[]> {
  const known = index.byExternalId(sub);
  const own = await workosUsers.findByExternalId(sub, abort);
  // Deleted, or given another external id since.
  if (known && known.id !== own?.id) index.remove(known.id);
  const found = own ? [own] : [];
  if (email === undefined || isSameAddress(own?.email, email)) return found;
  const holder = index.byEmail(email);
  const answer = await workosUsers.findByEmail(email, abort);
  if (answer.kind === 'found') return [...found, answer.user];
  if (holder) index.remove(holder.id);
  return found;
}
