import * as v from 'valibot';

/** How users can sign in through an app client, and with which of them a password can be carried over. */
export type SignInFlow =
  | 'srp'
  | 'password'
  | 'admin_password'
  | 'custom'
  | 'choice'
  | 'hosted_pages';

export type AppClient = { name: string; flows: SignInFlow[] };

const list = v.fallback(v.nullish(v.array(v.string()), []), []);
const answerSchema = v.object({
  ClientName: v.fallback(v.nullish(v.string(), ''), ''),
  ExplicitAuthFlows: list,
  AllowedOAuthFlows: list,
  AllowedOAuthFlowsUserPoolClient: v.fallback(v.nullish(v.boolean(), false), false),
});

/** The older names of the flows stand beside today's (API reference, UserPoolClientType: ExplicitAuthFlows). */
const FLOWS: Record<string, SignInFlow> = {
  ALLOW_USER_SRP_AUTH: 'srp',
  ALLOW_USER_PASSWORD_AUTH: 'password',
  USER_PASSWORD_AUTH: 'password',
  ALLOW_ADMIN_USER_PASSWORD_AUTH: 'admin_password',
  ADMIN_NO_SRP_AUTH: 'admin_password',
  ALLOW_CUSTOM_AUTH: 'custom',
  CUSTOM_AUTH_FLOW_ONLY: 'custom',
  ALLOW_USER_AUTH: 'choice',
};
/** "If you don't specify a value for ExplicitAuthFlows" (same page). */
const DEFAULT_FLOWS: SignInFlow[] = ['srp', 'custom'];
/** `client_credentials` signs in machines. */
const USER_OAUTH_FLOWS = new Set(['code', 'implicit']);

/**
 * `UserPoolClient` of a DescribeUserPoolClient answer → what may be known of it: its secret is not read
 * (docs/facts.md#cognito-secrets).
 */
export function answerToAppClient(answer: unknown): AppClient {
  const client = v.parse(answerSchema, answer ?? {});
  const explicit = client.ExplicitAuthFlows ?? [];
  const flows = explicit.flatMap((name) => FLOWS[name] ?? []);
  const oauth = client.AllowedOAuthFlows ?? [];
  const isMachine = client.AllowedOAuthFlowsUserPoolClient && oauth.length > 0;
  const isHosted = isMachine && oauth.some((flow) => USER_OAUTH_FLOWS.has(flow));
  const isForMachines = isMachine && !isHosted;
  const ofApi = explicit.length === 0 && !isForMachines ? DEFAULT_FLOWS : flows;
  return {
    name: client.ClientName ?? '',
    flows: [...new Set<SignInFlow>([...ofApi, ...(isHosted ? (['hosted_pages'] as const) : [])])],
  };
}

/**
 * What each flow means for a password that is to be carried over (docs/passwords.md): `yes` with a release of the
 * application, `server` where the application's server hands it over, `change` where the application first has to
 * take another flow, `no` where there is no place for it.
 */
export const FLOW_ADVICE: Record<
  SignInFlow,
  { name: string; carry: 'yes' | 'server' | 'change' | 'no'; todo: string }
> = {
  srp: {
    name: 'SRP (USER_SRP_AUTH)',
    carry: 'yes',
    todo: 'the app or browser seals the password and sends it as metadata',
  },
  choice: {
    name: 'choice-based (USER_AUTH)',
    carry: 'yes',
    todo: 'as SRP, where the user chooses PASSWORD_SRP; passkeys and codes carry none',
  },
  password: {
    name: 'USER_PASSWORD_AUTH',
    carry: 'change',
    todo: 'Cognito shows the metadata to no trigger: change to SRP, or hand the password over on your server',
  },
  admin_password: {
    name: 'ADMIN_USER_PASSWORD_AUTH',
    carry: 'server',
    todo: 'your server invokes the function carry-password after a sign-in',
  },
  custom: {
    name: 'custom challenges (CUSTOM_AUTH)',
    carry: 'no',
    todo: 'a sign-in without a password has none to carry; with SRP before the challenge it is as SRP',
  },
  hosted_pages: {
    name: "Cognito's hosted pages (OAuth)",
    carry: 'no',
    todo: 'the pages have no place for it: these users get a mail at the cutover',
  },
};
