export type VerifyOptions = {
  userPoolId: string;
  from?: string;
  fix?: true;
  takeOverUnverified?: true;
  recreate?: true;
  accept?: string;
  /** Writes a second. */
  rate: number;
  /** Seconds. */
  settle: number;
  report?: string;
  html?: string;
  yes?: true;
  mfaLimit: number;
  showEmails?: true;
  strict?: true;
  json?: true;
};
