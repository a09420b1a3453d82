export type OauthClientsOptions = {
  userPoolId: string;
  write?: string;
  count: boolean;
  check?: true;
  /** WorkOS reads a second. */
  rate?: number;
  limit?: number;
  json?: true;
};
