import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { noteDates } from '../../src/aws/note-dates.ts';
import type { ServerClock } from '../../src/aws/server-clock.ts';
import { createWholeExportSource } from '../../src/cognito/export/whole-export-source.ts';
import { createPoolSource } from '../../src/cognito/pool-source.ts';
import type { UserSource, WatchRecord } from '../../src/cognito/user-source.ts';
import { regionOf } from './region.ts';

/**
 * The users of `--user-pool-id`: of the live pool, or from the files of `--from`.
 *
 * @param clock dates the users; it is set by the dates of Cognito's answers, where Cognito is asked.
 * @param onRecord sees each record as it was read. Default: none is watched.
 */
export function createUserSource(
  options: { userPoolId: string; from?: string },
  clock: ServerClock,
  onRecord?: WatchRecord,
): UserSource {
  const { userPoolId, from: directory } = options;
  if (directory !== undefined) {
    return createWholeExportSource({
      directory,
      userPoolId,
      clock: clock.now,
      clockAheadMs: clock.aheadMs,
      ...(onRecord && { onRecord }),
    });
  }
  const client = new CognitoIdentityProviderClient(regionOf(userPoolId, process.env));
  noteDates(client, clock);
  return createPoolSource({
    client,
    userPoolId,
    clock: clock.now,
    ...(onRecord && { onRecord }),
  });
}
