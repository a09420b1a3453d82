import type { OauthProvider } from './counterpart.ts';

type Console = {
  /** The provider's name in WorkOS's dashboard. */
  name: string;
  /** Where the client is kept, and what its list of redirect URIs is called there. */
  where: string;
  uris: string;
};

/** Sources: workos.com/docs/integrations, the page of each provider. */
export const CONSOLES: Record<OauthProvider, Console> = {
  AppleOAuth: {
    name: 'Apple',
    where: 'Apple Developer → Certificates, Identifiers & Profiles → Identifiers → the Services ID',
    uris: 'Website URLs (its domain, and itself under Return URLs)',
  },
  GoogleOAuth: {
    name: 'Google',
    where: 'Google Cloud console → APIs & Services → Credentials',
    uris: 'Authorized redirect URIs',
  },
  MicrosoftOAuth: {
    name: 'Microsoft',
    where: 'Microsoft Entra admin center → App registrations → Authentication',
    uris: 'Redirect URIs of the platform Web',
  },
  GitHubOAuth: {
    name: 'GitHub',
    where: 'GitHub → Settings → Developer settings',
    uris: 'Callback URLs',
  },
  LinkedInOAuth: {
    name: 'LinkedIn',
    where: 'LinkedIn developer portal → the app → Auth',
    uris: 'Authorized redirect URLs',
  },
  GitLabOAuth: {
    name: 'GitLab',
    where: 'GitLab → Applications',
    uris: 'Redirect URI (one a line)',
  },
  BitbucketOAuth: {
    name: 'Bitbucket',
    where: 'Bitbucket → Workspace settings → OAuth consumers',
    uris: 'Callback URL',
  },
  DiscordOAuth: {
    name: 'Discord',
    where: 'Discord developer portal → the application → OAuth2',
    uris: 'Redirects',
  },
  SlackOAuth: {
    name: 'Slack',
    where: 'Slack API → Your Apps → OAuth & Permissions',
    uris: 'Redirect URLs',
  },
  SalesforceOAuth: {
    name: 'Salesforce',
    where: 'Salesforce → Setup → App Manager → the connected app',
    uris: 'Callback URL (one a line)',
  },
  IntuitOAuth: {
    name: 'Intuit',
    where: 'Intuit developer portal → the app → Keys & credentials',
    uris: 'Redirect URIs',
  },
  VercelOAuth: {
    name: 'Vercel',
    where: 'Vercel → Settings → Apps → the app',
    uris: 'Authorization callback URLs',
  },
  XeroOAuth: {
    name: 'Xero',
    where: 'Xero developer portal → the app → Configuration',
    uris: 'Redirect URIs',
  },
};
