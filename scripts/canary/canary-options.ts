import type { ProfileAttributes } from '../../src/canary/fill-attributes.ts';

export type CanaryOptions = {
  userPoolId: string;
  stage?: string;
  email?: string;
  /** Seconds. */
  deadline: number;
  /** Seconds. */
  settle: number;
  attribute?: ProfileAttributes;
  workosClientId?: string;
  clean?: true;
  now?: true;
  /** A schedule of EventBridge, or `off`. */
  every?: string;
  json?: true;
};
