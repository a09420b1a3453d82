import type { SeedSummary } from '../../src/seed/summary.ts';

export type SeedOptions = {
  userPoolId: string;
  stage?: string;
  from?: string;
  rate: number;
  dryRun?: true;
  takeOverUnverified?: true;
  yes?: true;
  recreate?: true;
  retag?: true;
  state?: string;
  report?: string;
  showEmails?: true;
  anotherEnvironment?: true;
  inAws?: true;
  stop?: true;
  json?: true;
};

/** With `--in-aws`. */
export type SeedInAwsOptions = SeedOptions & { stage: string };

/** What the command prints. */
export type SeedReport = SeedSummary & {
  requests: { reads: number; writes: number; rateLimited: number };
  seconds: number;
};
