import type { TrustedProviders } from '../../config/mirror.ts';
import type { ClientIds } from './tags.ts';

/** The owner's settings that the rules depend on. */
export type MirrorRules = {
  /** Absent: not configured, so client ids that are already tagged stay. */
  clientIds?: ClientIds;
  trustedProviders: TrustedProviders;
  /**
   * Whether a WorkOS user with an unverified address may be linked, with its password overwritten and its
   * sessions ended. Default: it is the conflict `unverified_in_workos`.
   */
  takeOverUnverified?: boolean;
  /**
   * Whether a user that was mirrored before and deleted in WorkOS is made again. Default: it is the conflict
   * `deleted_in_workos`.
   */
  recreate?: boolean;
  /**
   * Whether a WorkOS user that has the sub as its external id, and the tag of another pool, is mirrored to and
   * tagged with the user's pool. Default: it is the conflict `tagged_with_another_pool`.
   */
  retag?: boolean;
  /** The time, for `cognito_synced_at`. Default: this machine's. */
  clock?: () => Date;
};
