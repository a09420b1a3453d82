import type { TrustedProviders } from '../../config/mirror.ts';
import type { ClientIds } from './tags.ts';

/** The owner's settings that the rules depend on. */
export type MirrorRules = {
  /** Absent: nobody told us, so client ids that are already tagged stay. */
  clientIds?: ClientIds;
  trustedProviders: TrustedProviders;
  /**
   * A WorkOS user that nobody has verified may be linked, with its password overwritten and its sessions
   * ended. Default: it is a conflict.
   */
  takeOverUnverified?: boolean;
  /** A user that was mirrored before and deleted in WorkOS is made again. Default: it is a conflict. */
  recreate?: boolean;
  /** The time, for stamps. Default: this machine's. */
  clock?: () => Date;
};
