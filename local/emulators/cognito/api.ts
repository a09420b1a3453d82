import type { Body } from './body.ts';
import { CognitoError, context } from './cognito-local.ts';
import { type CognitoEngine, triggerAttributes } from './engine.ts';
import { describeIdentityProvider, listIdentityProviders } from './identity-providers.ts';
import { checkSignUpRules } from './sign-up-rules.ts';
import type { SrpVerifier } from './srp.ts';
import type { CallTrigger } from './triggers.ts';

/**
 * Answers a request of the Cognito API: cognito-local, with what it lacks in front of it.
 * PreAuthentication is called before the password is checked, a password can be proven by SRP, ListUsers has pages, a pool knows about
 * how many users it has, and a new sign-up's address does not count as verified.
 */
export async function answerRequest(
  engine: CognitoEngine,
  callTrigger: CallTrigger,
  srp: SrpVerifier,
  { action, body }: { action: string; body: Body },
) {
  await checkSignUpRules(engine, action, body);
  switch (action) {
    case 'SignUp':
      return engine.route(action)(context, withUnverifiedEmail(body));
    case 'InitiateAuth':
    case 'AdminInitiateAuth':
      await preAuthenticate(engine, callTrigger, body);
      return body.AuthFlow === 'USER_SRP_AUTH'
        ? challengeWithSrp(engine, srp, body)
        : engine.route(action)(context, body);
    case 'RespondToAuthChallenge':
      return body.ChallengeName === 'PASSWORD_VERIFIER'
        ? answerSrp(engine, srp, body)
        : engine.route(action)(context, body);
    case 'ListUsers':
      return page(await engine.route(action)(context, body), body);
    case 'ListIdentityProviders':
      return listIdentityProviders();
    case 'DescribeIdentityProvider':
      return describeIdentityProvider(body.ProviderName, body.UserPoolId);
    case 'ListUserPools':
      return poolNames(await engine.route(action)(context, body));
    case 'ListUserPoolClients':
      return clientNames(await engine.route(action)(context, body));
    case 'GetUserPoolMfaConfig':
      return mfaConfig(await engine.route('DescribeUserPool')(context, body));
    case 'DescribeUserPool':
      return withEstimate(engine, await engine.route(action)(context, body));
    default:
      return engine.route(action)(context, body);
  }
}

/** Whom a request is about, if it names a user. */
export function usernameIn({
  Username,
  AuthParameters,
  ChallengeResponses,
}: Body): string | undefined {
  return Username ?? AuthParameters?.USERNAME ?? ChallengeResponses?.USERNAME;
}

/** Calls PreAuthentication for the user who claims to sign in; a refreshed token is no sign-in. */
async function preAuthenticate({ cognito }: CognitoEngine, callTrigger: CallTrigger, body: Body) {
  const { AuthFlow, AuthParameters, ClientId: clientId, ClientMetadata } = body;
  if (String(AuthFlow).startsWith('REFRESH_TOKEN') || !AuthParameters?.USERNAME) return;
  const client = await cognito.getAppClient(context, clientId);
  if (!client) return;
  const pool = await cognito.getUserPool(context, client.UserPoolId);
  const user = await pool.getUserByUsername(context, AuthParameters.USERNAME);
  const hidesUnknownUsers = client.PreventUserExistenceErrors === 'ENABLED';
  if (!user && !hidesUnknownUsers) return;
  await callTrigger({
    trigger: 'PreAuthentication',
    triggerSource: 'PreAuthentication_Authentication',
    userPoolId: client.UserPoolId,
    clientId,
    userName: user?.Username ?? AuthParameters.USERNAME,
    request: {
      userAttributes: user ? triggerAttributes(user) : {},
      validationData: ClientMetadata ?? {},
      ...(hidesUnknownUsers && { userNotFound: user === null }),
    },
  });
}

async function challengeWithSrp({ cognito }: CognitoEngine, srp: SrpVerifier, body: Body) {
  const { ClientId, AuthParameters = {} } = body;
  const client = await cognito.getAppClient(context, ClientId);
  const pool = client && (await cognito.getUserPool(context, client.UserPoolId));
  const user = await pool?.getUserByUsername(context, AuthParameters.USERNAME);
  if (!client || !user) {
    throw new CognitoError('NotAuthorizedException', 'Incorrect username or password.');
  }
  return srp.challenge(client.UserPoolId, user, AuthParameters.SRP_A);
}

/**
 * The password is proven: what follows is up to cognito-local, as if it had been sent. Post-Authentication gets the
 * metadata of this request, never that of InitiateAuth (docs/facts.md#cognito-clientmetadata).
 */
function answerSrp(engine: CognitoEngine, srp: SrpVerifier, body: Body) {
  const { ClientId, ChallengeResponses = {}, ClientMetadata = {} } = body;
  const { Username, Password } = srp.verify(ChallengeResponses);
  return engine.route('InitiateAuth')(
    { ...context, clientMetadata: ClientMetadata },
    {
      ClientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: Username, PASSWORD: Password },
    },
  );
}

/** Who signs up cannot say that the address is verified; cognito-local would believe it. */
function withUnverifiedEmail(body: Body): Body {
  const attributes: { Name: string }[] = body.UserAttributes ?? [];
  const claimed = attributes.filter(({ Name }) => Name !== 'email_verified');
  return { ...body, UserAttributes: [...claimed, { Name: 'email_verified', Value: 'false' }] };
}

/** Sixty users a page at most; cognito-local gives them all at once. */
function page({ Users }: Body, { Limit = 60, PaginationToken = '0' }: Body) {
  const start = Number(PaginationToken);
  const end = start + Math.min(Limit, 60);
  const more = end < Users.length && { PaginationToken: String(end) };
  return { Users: Users.slice(start, end), ...more };
}

/** API reference, UserPoolDescriptionType: a listing says little of each pool. */
function poolNames({ UserPools = [] }: Body) {
  return {
    UserPools: UserPools.map(
      ({ Id, Name, LambdaConfig, CreationDate, LastModifiedDate }: Body) => ({
        Id,
        Name,
        LambdaConfig,
        CreationDate,
        LastModifiedDate,
      }),
    ),
  };
}

/** API reference, UserPoolClientDescription: a listing has names alone, and no secret. */
function clientNames({ UserPoolClients = [] }: Body) {
  return {
    UserPoolClients: UserPoolClients.map(({ ClientId, ClientName, UserPoolId }: Body) => ({
      ClientId,
      ClientName,
      UserPoolId,
    })),
  };
}

/** API reference, GetUserPoolMfaConfig: a pool without MFA has no configuration of any kind. */
function mfaConfig({ UserPool }: Body) {
  return { MfaConfiguration: UserPool.MfaConfiguration ?? 'OFF' };
}

/** cognito-local says 0 of every pool. */
async function withEstimate({ cognito }: CognitoEngine, { UserPool }: Body) {
  const pool = await cognito.getUserPool(context, UserPool.Id);
  const users = await pool.listUsers(context);
  return { UserPool: { ...UserPool, EstimatedNumberOfUsers: users.length } };
}
