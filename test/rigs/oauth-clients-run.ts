import type { StrictWorkosOptions } from '../../local/emulators/workos.ts';
import type { StrictIdentityProvider } from '../stand-ins/strict-cognito/identity-providers.ts';
import type { StrictCognitoOptions } from '../stand-ins/strict-cognito.ts';
import { type CommandSetting, type Ended, startCommandSetting } from './command-run.ts';

/** In every secret of every provider: it must appear nowhere. */
export const SECRET = 'MARKER-secret-0815';

/** `npm run oauth-clients`, as a process of its own. */
export type OauthClientsSetting = CommandSetting & {
  providers: StrictIdentityProvider[];
  /** Everything the runs of this setting have written to stdout and stderr. */
  output: string[];
  list(args?: string[], env?: Record<string, string>): Promise<Ended>;
};

export async function startOauthClientsSetting(
  options: {
    providers?: StrictIdentityProvider[];
    cognito?: StrictCognitoOptions;
    workos?: StrictWorkosOptions;
  } = {},
): Promise<OauthClientsSetting> {
  const { providers = [], cognito, workos } = options;
  const setting = await startCommandSetting({
    cognito: { ...cognito, identityProviders: providers },
    ...(workos && { workos }),
  });
  const output: string[] = [];
  return {
    ...setting,
    providers,
    output,
    async list(args = [], env = {}) {
      const all = ['--user-pool-id', setting.cognito.userPoolId, ...args];
      const ended = await setting.run('oauth-clients', all, env);
      output.push(ended.stdout, ended.stderr);
      return ended;
    },
  };
}

const VERIFIED = { email: 'email', email_verified: 'email_verified', username: 'sub' };

/** As DescribeIdentityProvider answers for each type (API reference, IdentityProviderType). */
export const GOOGLE: StrictIdentityProvider = {
  ProviderName: 'Google',
  ProviderType: 'Google',
  ProviderDetails: {
    attributes_url: 'https://people.googleapis.com/v1/people/me?personFields=',
    attributes_url_add_attributes: 'true',
    authorize_scopes: 'email profile openid',
    authorize_url: 'https://accounts.google.com/o/oauth2/v2/auth',
    client_id: 'google-client.apps.googleusercontent.com',
    client_secret: `${SECRET}-google`,
    oidc_issuer: 'https://accounts.google.com',
    token_request_method: 'POST',
    token_url: 'https://www.googleapis.com/oauth2/v4/token',
  },
  AttributeMapping: VERIFIED,
};

export const APPLE: StrictIdentityProvider = {
  ProviderName: 'SignInWithApple',
  ProviderType: 'SignInWithApple',
  ProviderDetails: {
    authorize_scopes: 'email name',
    authorize_url: 'https://appleid.apple.com/auth/authorize',
    client_id: 'com.example.cognito',
    key_id: 'KEY1EXAMPLE',
    private_key: `${SECRET}-apple`,
    oidc_issuer: 'https://appleid.apple.com',
    team_id: 'TEAM2EXAMPLE',
  },
  AttributeMapping: { email: 'email', username: 'sub' },
};

export const FACEBOOK: StrictIdentityProvider = {
  ProviderName: 'Facebook',
  ProviderType: 'Facebook',
  ProviderDetails: {
    api_version: 'v17.0',
    authorize_scopes: 'public_profile, email',
    client_id: 'facebook-client',
    client_secret: `${SECRET}-facebook`,
  },
  AttributeMapping: { email: 'email', username: 'id' },
};

export const AMAZON: StrictIdentityProvider = {
  ProviderName: 'LoginWithAmazon',
  ProviderType: 'LoginWithAmazon',
  ProviderDetails: {
    authorize_scopes: 'profile postal_code',
    client_id: 'amzn1.application-oa2-client.1',
    client_secret: `${SECRET}-amazon`,
    // AWS: "These values and their schema are subject to change".
    next_years_secret: `${SECRET}-unknown`,
  },
  AttributeMapping: { username: 'user_id' },
};

export const SAML: StrictIdentityProvider = {
  ProviderName: 'Corp',
  ProviderType: 'SAML',
  ProviderDetails: {
    IDPInit: 'true',
    IDPSignout: 'true',
    EncryptedResponses: 'true',
    ActiveEncryptionCertificate: `${SECRET}-certificate`,
    MetadataURL: `https://user:${SECRET}@idp.example.com/metadata?appid=app-1&token=${SECRET}#${SECRET}`,
    RequestSigningAlgorithm: 'rsa-sha256',
    SSORedirectBindingURI: 'https://idp.example.com/sso',
  },
  AttributeMapping: { email: 'mail' },
};

export const SAML_FILE: StrictIdentityProvider = {
  ProviderName: 'FileCorp',
  ProviderType: 'SAML',
  ProviderDetails: {
    MetadataFile: `<EntityDescriptor>${SECRET}</EntityDescriptor>`,
    SSORedirectBindingURI: 'https://idp.example.org/sso',
  },
  AttributeMapping: { email: 'mail', email_verified: 'verified' },
};

/** A generic provider at these addresses. */
export function oidc(
  name: string,
  issuer: string,
  authorizeUrl = `${issuer}/authorize`,
): StrictIdentityProvider {
  return {
    ProviderName: name,
    ProviderType: 'OIDC',
    ProviderDetails: {
      attributes_request_method: 'GET',
      attributes_url_add_attributes: 'false',
      authorize_scopes: 'openid profile email',
      authorize_url: authorizeUrl,
      client_id: `client-of-${name}`,
      client_secret: `${SECRET}-oidc`,
      oidc_issuer: issuer,
      token_url: `${issuer}/token`,
    },
    AttributeMapping: VERIFIED,
  };
}
