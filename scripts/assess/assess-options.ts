export type AssessOptions = {
  userPoolId: string;
  stage?: string;
  from?: string;
  /** WorkOS writes a second of the seed. */
  rate: number;
  /** A month, of each user. */
  signIns: number;
  mfaLimit: number;
  withoutWorkos?: true;
  html?: string;
  report?: string;
  json?: true;
};
