import { CognitoError } from './cognito-local.ts';

/** The providers whose users the local pool has; the secret is as little real as the provider. */
const PROVIDERS = ['Google', 'Facebook'].map((ProviderName) => ({
  ProviderName,
  ProviderType: ProviderName,
  ProviderDetails: {
    client_id: `demo-${ProviderName.toLowerCase()}-client`,
    client_secret: 'demo-secret',
    authorize_scopes: 'email profile',
  },
  AttributeMapping: { email: 'email' },
}));
const DATE = new Date(Date.UTC(2025, 0, 1));

/** API reference, ListIdentityProviders: one page holds them all. */
export function listIdentityProviders() {
  return {
    Providers: PROVIDERS.map(({ ProviderName, ProviderType }) => ({
      ProviderName,
      ProviderType,
      CreationDate: DATE,
      LastModifiedDate: DATE,
    })),
  };
}

/** API reference, DescribeIdentityProvider. */
export function describeIdentityProvider(name: unknown, UserPoolId: unknown) {
  const provider = PROVIDERS.find(({ ProviderName }) => ProviderName === name);
  if (!provider) {
    const message = `Identity provider ${name} does not exist.`;
    throw new CognitoError('ResourceNotFoundException', message);
  }
  const dates = { CreationDate: DATE, LastModifiedDate: DATE };
  return { IdentityProvider: { UserPoolId, IdpIdentifiers: [], ...provider, ...dates } };
}
