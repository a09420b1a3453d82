import { toSecretHash } from '../../../src/srp/sign-in.ts';
import type { Body } from './body.ts';
import { CognitoError, context } from './cognito-local.ts';
import type { CognitoEngine } from './engine.ts';

/** The actions that an app client with a secret has to sign (developer guide, "Computing secret hash values"). */
const SIGNED = new Set(['SignUp', 'ConfirmSignUp', 'InitiateAuth', 'RespondToAuthChallenge']);

/**
 * What cognito-local does not refuse: a request without the secret of its app client, a sign-up where administrators
 * alone create users, and one without an attribute that the pool requires (API reference, SignUp).
 */
export async function checkSignUpRules(
  { cognito }: CognitoEngine,
  action: string,
  body: Body,
): Promise<void> {
  if (!SIGNED.has(action)) return;
  const client = await cognito.getAppClient(context, body.ClientId);
  if (!client) return;
  const { AuthParameters, ChallengeResponses } = body;
  const parameters = ChallengeResponses ?? AuthParameters ?? {};
  const username: string = body.Username ?? parameters.USERNAME;
  const given: unknown = body.SecretHash ?? parameters.SECRET_HASH;
  const { ClientSecret: clientSecret } = client;
  const clientId: string = body.ClientId;
  if (clientSecret && given !== toSecretHash({ clientId, clientSecret, username })) {
    const message = `Unable to verify secret hash for client ${clientId}`;
    throw new CognitoError('NotAuthorizedException', message);
  }
  if (action !== 'SignUp') return;
  const { options } = await cognito.getUserPool(context, client.UserPoolId);
  if (options.AdminCreateUserConfig?.AllowAdminCreateUserOnly) {
    throw new CognitoError('NotAuthorizedException', 'SignUp is not permitted for this user pool');
  }
  const names: string[] = (body.UserAttributes ?? []).map(({ Name }: { Name: string }) => Name);
  const missing = (options.SchemaAttributes ?? []).find(
    ({ Name, Required }) => Required && Name !== 'sub' && !names.includes(Name),
  );
  if (missing) {
    const message = `Attributes did not conform to the schema: ${missing.Name}: The attribute is required`;
    throw new CognitoError('InvalidParameterException', message);
  }
}
