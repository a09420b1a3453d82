export type VerifyOptions = {
  userPoolId: string;
  from?: string;
  fix?: true;
  takeOverUnverified?: true;
  recreate?: true;
  retag?: true;
  deleteExtra?: true;
  accept?: string;
  /** Writes a second. */
  rate: number;
  /** Seconds. */
  settle: number;
  /** JSON lines; a page where the name ends in .html. */
  report?: string;
  html?: string;
  csv?: string;
  yes?: true;
  mfaLimit: number;
  showEmails?: true;
  strict?: true;
  anotherEnvironment?: true;
  json?: true;
};
