import type { ClientIds } from './tags.ts';

/** The owner's settings that the rules depend on. */
export type MirrorRules = {
  /** Absent: nobody told us, so client ids that are already tagged stay. */
  clientIds?: ClientIds;
  /** Providers whose addresses count as verified, for linking and tagging only. */
  trustedEmailProviders: ReadonlySet<string>;
};
