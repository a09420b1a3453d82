import type { CognitoIndex } from '../bulk/cognito-index.ts';
import type { WorkosIndex } from '../bulk/workos-index.ts';
import type { MirrorRules } from '../mirror/decide/rules.ts';

/** Both sides, as they were listed. */
export type BothSides = {
  index: Pick<WorkosIndex, 'byExternalId' | 'byEmail' | 'linkedTo'>;
  profiles: Pick<CognitoIndex, 'get'>;
};

/** Both sides, and how they are compared. */
export type ComparisonSetting = BothSides & {
  rules: MirrorRules;
  /**
   * The observations are of now, not from exported files. Then a WorkOS user who was synced later still has
   * to agree: only clocks that differ, or an edit by hand, can have made the stamp.
   */
  isLive: boolean;
};
