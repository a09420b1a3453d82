import { SourceError, type UserSource } from '../cognito/user-source.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import type { Profiles } from '../user/profiles.ts';
import { RetryableError } from '../workos/users.ts';
import type { CognitoIndex } from './cognito-index.ts';

/** A profile that was listed less than this ago is as good as asked for now. */
const FRESH_MS = 60_000;

/** The exported files have not been read to their end: whether they hold a profile is not known yet. */
export class NotListedYetError extends RetryableError {
  override name = 'NotListedYetError';
}

/**
 * The profiles of a bulk run: from what it has listed, as long as that is fresh, else from Cognito. With
 * exported files, the files are all there is to ask.
 *
 * @param dependencies.isListed whether the source has been read to its end.
 */
export function createSourceProfiles(dependencies: {
  source: Pick<UserSource, 'asOf' | 'now' | 'reread' | 'find'>;
  listed: CognitoIndex;
  isListed: () => boolean;
}): Profiles {
  const { source, listed, isListed } = dependencies;

  async function ask(
    sub: string,
    known: ObservedUser | undefined,
    signal: AbortSignal | undefined,
  ): Promise<ObservedUser | undefined> {
    // By username, where that is allowed and known: its quota is larger than that of listings.
    const user = known && (await source.reread(known, signal).catch(unlessStopped(signal)));
    if (user !== undefined && user !== 'unknown') return user;
    const found = await source.find(sub, signal).catch((cause: unknown) => {
      if (!(cause instanceof SourceError)) throw cause;
      throw new RetryableError(cause.message, { cause });
    });
    if (found !== 'unknown') return found;
    throw new RetryableError('Cognito gave no usable answer about a profile');
  }

  return {
    asOf: source.asOf,
    async find({ sub }, signal) {
      const known = listed.get(sub);
      if (source.asOf === 'export') {
        if (!known && !isListed()) throw new NotListedYetError('not all files have been read yet');
        return known;
      }
      if (known && source.now().getTime() - Date.parse(known.observedAt) < FRESH_MS) return known;
      const current = await ask(sub, known, signal);
      if (current) listed.put(current);
      else listed.remove(sub);
      return current;
    },
  };
}

function unlessStopped(signal: AbortSignal | undefined) {
  return (error: unknown): 'unknown' => {
    if (signal?.aborted || !(error instanceof SourceError)) throw error;
    return 'unknown';
  };
}
