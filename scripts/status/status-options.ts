export type StatusOptions = {
  userPoolId: string;
  stage?: string;
  /** Seconds between two looks; true without a value. */
  watch?: number | true;
  json?: true;
};
