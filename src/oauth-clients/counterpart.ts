import type { IdentityProvider } from '../cognito/identity-provider.ts';

/**
 * What a provider of the pool is in WorkOS, by WorkOS's own names (OpenAPI: `provider` of an identity,
 * `connection_type` of a connection; the connection is the one to begin with, WorkOS has further
 * ones for single products).
 *
 * - `oauth`: a social login of the whole environment.
 * - `sso`: a connection of one organization.
 * - `none`: WorkOS does not have it.
 */
export type Counterpart =
  | { kind: 'oauth'; workos: OauthProvider; how: string }
  | { kind: 'sso'; workos: 'GenericSAML' | 'GenericOIDC'; how: string }
  | { kind: 'none'; workos: null; how: string };

export type OauthProvider =
  | 'AppleOAuth'
  | 'BitbucketOAuth'
  | 'DiscordOAuth'
  | 'GitHubOAuth'
  | 'GitLabOAuth'
  | 'GoogleOAuth'
  | 'IntuitOAuth'
  | 'LinkedInOAuth'
  | 'MicrosoftOAuth'
  | 'SalesforceOAuth'
  | 'SlackOAuth'
  | 'VercelOAuth'
  | 'XeroOAuth';

/** Compared whole: `github.com.evil.example` and `notgithub.com` belong to others. */
const HOSTS: Record<string, OauthProvider | 'Facebook' | 'LoginWithAmazon'> = {
  'accounts.google.com': 'GoogleOAuth',
  'appleid.apple.com': 'AppleOAuth',
  'login.microsoftonline.com': 'MicrosoftOAuth',
  'login.windows.net': 'MicrosoftOAuth',
  'sts.windows.net': 'MicrosoftOAuth',
  'login.live.com': 'MicrosoftOAuth',
  'github.com': 'GitHubOAuth',
  'www.linkedin.com': 'LinkedInOAuth',
  'gitlab.com': 'GitLabOAuth',
  'bitbucket.org': 'BitbucketOAuth',
  'slack.com': 'SlackOAuth',
  'discord.com': 'DiscordOAuth',
  'login.salesforce.com': 'SalesforceOAuth',
  'login.xero.com': 'XeroOAuth',
  'identity.xero.com': 'XeroOAuth',
  'appcenter.intuit.com': 'IntuitOAuth',
  'oauth.platform.intuit.com': 'IntuitOAuth',
  'vercel.com': 'VercelOAuth',
  'www.facebook.com': 'Facebook',
  'www.amazon.com': 'LoginWithAmazon',
};

/** A provider of the pool → its counterpart. */
export function providerToCounterpart(provider: IdentityProvider): Counterpart {
  const how = `Cognito says that its type is ${provider.type}`;
  switch (provider.type) {
    case 'Google':
      return { kind: 'oauth', workos: 'GoogleOAuth', how };
    case 'SignInWithApple':
      return { kind: 'oauth', workos: 'AppleOAuth', how };
    case 'SAML':
      return { kind: 'sso', workos: 'GenericSAML', how };
    case 'OIDC':
      return oidcToCounterpart(provider);
    default:
      return { kind: 'none', workos: null, how };
  }
}

/** The same, where only the type is known, as of an identity of a user: OIDC counts as a connection. */
export function typeToCounterpart(type: string): Counterpart {
  return providerToCounterpart({ name: '', type, scopes: [], attributeMapping: {} });
}

/** What Cognito calls OIDC may be any provider: its addresses tell, unless they contradict each other. */
function oidcToCounterpart({ issuer, authorizeUrl }: IdentityProvider): Counterpart {
  const hosts = [
    { what: 'its issuer', host: hostOf(issuer) },
    { what: 'its authorization URL', host: hostOf(authorizeUrl) },
  ];
  const known = hosts.flatMap(({ what, host }) => {
    const owner = host !== undefined && Object.hasOwn(HOSTS, host) ? HOSTS[host] : undefined;
    return owner === undefined ? [] : [{ owner, how: `${what} is at ${host}` }];
  });
  const [first] = known;
  if (!first) {
    const seen = [...new Set(hosts.flatMap(({ host }) => host ?? []))].join(' and ');
    const how = `OpenID Connect at ${seen || 'an address that Cognito did not say'}, which is none of WorkOS's social logins`;
    return { kind: 'sso', workos: 'GenericOIDC', how };
  }
  const how = known.map((each) => each.how).join(', ');
  if (known.some(({ owner }) => owner !== first.owner)) {
    return { kind: 'sso', workos: 'GenericOIDC', how: `${how}: these belong to different owners` };
  }
  if (first.owner === 'Facebook' || first.owner === 'LoginWithAmazon') {
    return { kind: 'none', workos: null, how };
  }
  return { kind: 'oauth', workos: first.owner, how };
}

function hostOf(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  const { protocol, host } = new URL(url);
  return protocol === 'https:' ? host : undefined;
}
