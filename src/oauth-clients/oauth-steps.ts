import type { IdentityProvider } from '../cognito/identity-provider.ts';
import { CONSOLES } from './consoles.ts';
import type { OauthProvider } from './counterpart.ts';

/** The same client in WorkOS, beside Cognito, until users no longer sign in to Cognito. */
export function oauthSteps(provider: IdentityProvider, workos: OauthProvider): string[] {
  const { name, where, uris } = CONSOLES[workos];
  const client = provider.clientId ?? '(Cognito did not say it: look in the Cognito console)';
  return [
    `In the WorkOS dashboard: Authentication → OAuth providers → ${name} → Enable (or Manage), and copy the Redirect URI.`,
    workos === 'GitHubOAuth'
      ? githubCallback(where, client)
      : `At the provider (${where}, client ${client}): add that URI to ${uris}, beside Cognito's, which ends in /oauth2/idpresponse and stays until the cutover is over.`,
    ...(workos === 'AppleOAuth' ? appleCredentials(provider, client) : credentials(client)),
    ...furtherScopes(provider, workos),
    ...microsoftTenant(provider, workos),
    'Sign in through WorkOS once with an account of your own, then run this command with --check: WorkOS and Cognito must name you by the same id.',
  ];
}

function credentials(client: string): string[] {
  return [
    `Back in that dialog: choose your own credentials, and paste the client id ${client} and its client secret. The secret is not shown here: take it from the provider, or from Cognito's console.`,
  ];
}

/** Team, user id and relay address hang together (Apple, "Transferring your apps and users to another team"). */
function appleCredentials({ teamId, keyId }: IdentityProvider, client: string): string[] {
  const team = teamId ?? '(look in the Cognito console)';
  const key = keyId ?? '(look in the Cognito console)';
  return [
    `Back in that dialog: paste the Team ID ${team}, the Service ID ${client}, the Private Key ID ${key} and the private key (the .p8 file; Apple gives it out once, so if it is lost make another key of the same team and use its id).`,
    `The team must stay ${team}: another team means other user ids, and other private relay addresses, so that no user would be recognized. Use the same Service ID too, or users have to consent again.`,
    'Private relay addresses (@privaterelay.appleid.com): register the Outbound email domains that WorkOS shows in that dialog at Apple (Services → Sign in with Apple for Email Communication), or no mail of WorkOS reaches these users.',
  ];
}

/** GitHub docs, "Creating an OAuth app": unlike GitHub Apps, one callback URL. */
function githubCallback(where: string, client: string): string {
  return `At GitHub (${where}, client ${client}): a GitHub App takes up to ten Callback URLs, so add that URI beside the one in use. An OAuth App has only one: make a second OAuth App for WorkOS (GitHub's user ids are the same for each; people are asked for consent again), or change the URL at the cutover. GitHub speaks no OpenID Connect, so the one in use may be that of a bridge of yours, not Cognito's.`;
}

const USUAL_SCOPES = new Set(['openid', 'email', 'profile', 'name', 'user:email', 'read:user']);
/** workos.com/docs/authkit/social-login: custom OAuth scopes. */
const TAKES_SCOPES = new Set<OauthProvider>([
  'GoogleOAuth',
  'MicrosoftOAuth',
  'GitHubOAuth',
  'GitLabOAuth',
  'XeroOAuth',
]);

function furtherScopes({ scopes }: IdentityProvider, workos: OauthProvider): string[] {
  const further = scopes.filter((scope) => !USUAL_SCOPES.has(scope.toLowerCase()));
  if (further.length === 0) return [];
  const list = further.join(' ');
  return [
    TAKES_SCOPES.has(workos)
      ? `Cognito also asks for ${list}: if your application needs them, add them as custom scopes in that dialog.`
      : `Cognito also asks for ${list}: WorkOS takes no further scopes for this provider.`,
  ];
}

/** Any work, school or personal account; the last is the tenant of personal accounts. */
const OPEN_TENANTS = new Set([
  'common',
  'organizations',
  'consumers',
  '9188040d-6c67-4c5b-b112-36a304b66dad',
]);

function microsoftTenant({ issuer }: IdentityProvider, workos: OauthProvider): string[] {
  if (workos !== 'MicrosoftOAuth' || issuer === undefined) return [];
  const [, tenant = ''] = new URL(issuer).pathname.split('/');
  if (tenant === '' || OPEN_TENANTS.has(tenant.toLowerCase())) return [];
  return [
    `Its issuer is one tenant, ${tenant}: if these are the people of one customer, a connection of that organization (Organizations → Single Sign-On → Entra ID OIDC) with the same client may be the better place. As a social login, the app registration decides whose accounts are let in.`,
  ];
}
