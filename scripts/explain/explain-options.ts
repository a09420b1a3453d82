export type ExplainOptions = {
  userPoolId: string;
  stage?: string;
  sub?: string;
  email?: string;
  json?: true;
};
