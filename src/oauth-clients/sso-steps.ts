import type { IdentityProvider } from '../cognito/identity-provider.ts';

const ORGANIZATION =
  "In the WorkOS dashboard: Organizations → the organization whose people these are (make it if there is none; add its email domains) → Single Sign-On → Configure manually → the provider's product";

/** Sources: workos.com/docs/integrations/saml; Cognito developer guide, "SAML identity providers". */
export function samlSteps(provider: IdentityProvider): string[] {
  return [
    `${ORGANIZATION}, or Custom SAML. WorkOS shows an ACS URL and an SP Entity ID.`,
    "At the identity provider: enter both, in an application of its own where it takes one SP Entity ID only. Cognito's stays (its ACS URL ends in /saml2/idpresponse) until the cutover is over.",
    metadata(provider),
    `Attributes: WorkOS reads id, email, firstName and lastName${emailFrom(provider)}.`,
    'The NameID may be another one for WorkOS: people are recognized by their email address, so that has to be the same.',
    ...(provider.encryptedResponses
      ? [
          'Cognito takes encrypted responses: give the identity provider the encryption certificate of the WorkOS connection, or switch encryption off for it.',
        ]
      : []),
    ...(provider.signedRequests
      ? ['Cognito signs its requests: WorkOS offers that in the settings of the connection.']
      : []),
    ...(provider.idpInitiated
      ? [
          "Sign-ins that begin at the identity provider are on: see workos.com/docs/sso/login-flows, and change the tile's address at the cutover.",
        ]
      : []),
  ];
}

function metadata({ metadataUrl, ssoUrl }: IdentityProvider): string {
  if (metadataUrl !== undefined) {
    return `Give WorkOS the IdP metadata URL: ${metadataUrl} (as Cognito has it; a query that could be a secret is left out).`;
  }
  const sso = ssoUrl === undefined ? 'the IdP SSO URL' : `the IdP SSO URL ${ssoUrl}`;
  return `Cognito has the metadata as a file, with no URL: give WorkOS the identity provider's metadata URL if it has one, or ${sso}, the IdP entity id and the X.509 certificate from its metadata. (It may need the file anew: certificates change.)`;
}

/** Sources: workos.com/docs/integrations/oidc. */
export function oidcSteps(provider: IdentityProvider): string[] {
  const { clientId, issuer } = provider;
  const client = clientId ?? '(Cognito did not say it: look in the Cognito console)';
  const discovery =
    issuer === undefined
      ? "the provider's discovery endpoint"
      : `the Discovery Endpoint ${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  return [
    `${ORGANIZATION}, or OpenID Connect. WorkOS shows a Redirect URI.`,
    `At the provider, client ${client}: add that URI, beside Cognito's, which ends in /oauth2/idpresponse and stays until the cutover is over. The client has to allow the authorization code grant.`,
    `Give WorkOS the Client ID ${client}, its client secret (not shown here: take it from the provider, or from Cognito's console) and ${discovery}.`,
    `The ID token has to carry the claims sub, email, given_name and family_name${emailFrom(provider)}.`,
    'A connection belongs to one organization. If this is a social login for all users, WorkOS has no counterpart for it: its users come back by their email address (Magic Auth, a password, another social login).',
  ];
}

function emailFrom({ attributeMapping }: IdentityProvider): string {
  const from = attributeMapping.email;
  return from === undefined ? '' : ` (Cognito takes the email from ${from})`;
}
