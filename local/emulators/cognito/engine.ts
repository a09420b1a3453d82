import {
  type Attribute,
  type CognitoService,
  CognitoServiceFactoryImpl,
  type Context,
  context,
  DateClock,
  JwtTokenGenerator,
  type Pool,
  type PoolUser,
  type PostAuthentication,
  type PostConfirmation,
  type Route,
  Router,
  StormDBDataStoreFactory,
  UserPoolServiceFactoryImpl,
} from './cognito-local.ts';
import type { CallTrigger } from './triggers.ts';

/** The code that confirms every sign-up here. */
export const CONFIRMATION_CODE = '123456';

export type CognitoEngine = { cognito: CognitoService; route: Route };

/** Told of what becomes of profiles. */
type ProfileWatcher = {
  onProfiles?: ((profiles: readonly PoolUser[]) => void) | undefined;
  onProfileGone?: ((sub: string) => void) | undefined;
};

/** Those that cognito-local calls itself. */
const TRIGGERS = ['PostConfirmation', 'PostAuthentication'];

/**
 * cognito-local without its server.
 *
 * @param directory where it keeps its users.
 */
export async function createCognitoEngine(
  directory: string,
  region: string,
  callTrigger: CallTrigger,
  watcher: ProfileWatcher = {},
): Promise<CognitoEngine> {
  const clock = new DateClock();
  const stores = new StormDBDataStoreFactory(directory);
  const pools = new UserPoolServiceFactoryImpl(clock, stores);
  const defaults = { UsernameAttributes: ['email'] };
  const cognito = await new CognitoServiceFactoryImpl(directory, stores, {
    create: async (...args) =>
      withoutFederatedAliases(watchProfiles(await pools.create(...args), watcher)),
  }).create(context, defaults);
  namePoolsAfter(cognito, region);
  const triggers = {
    enabled: (trigger: string) => TRIGGERS.includes(trigger),
    postConfirmation: (_context: unknown, call: PostConfirmation) =>
      postConfirm(cognito, callTrigger, call),
    postAuthentication: (ctx: Context, call: PostAuthentication) =>
      postAuthenticate(cognito, callTrigger, {
        ...call,
        clientMetadata: call.clientMetadata ?? ctx.clientMetadata ?? {},
      }),
  };
  const tokens = { IssuerDomain: 'http://127.0.0.1' };
  const route = Router({
    clock,
    cognito,
    config: { UserPoolDefaults: defaults, TokenConfig: tokens },
    triggers,
    messages: { deliver: async () => {} },
    otp: () => CONFIRMATION_CODE,
    tokenGenerator: new JwtTokenGenerator(clock, triggers, tokens),
  });
  return { cognito, route };
}

/** Every way to change a profile ends in one of these two. */
function watchProfiles(pool: Pool, { onProfiles, onProfileGone }: ProfileWatcher): Pool {
  const save = pool.saveUser.bind(pool);
  pool.saveUser = async (ctx, user) => {
    await save(ctx, user);
    onProfiles?.([user]);
  };
  const remove = pool.deleteUser.bind(pool);
  pool.deleteUser = async (ctx, user) => {
    await remove(ctx, user);
    onProfileGone?.(attributeOf(user, 'sub') ?? '');
  };
  return pool;
}

/** In Cognito the id of a pool begins with its region; cognito-local's all begin with "local". */
function namePoolsAfter(cognito: CognitoService, region: string): void {
  const create = cognito.createUserPool.bind(cognito);
  cognito.createUserPool = (ctx, pool) => {
    const Id = pool.Id.replace(/^[^_]+/, region);
    const Arn = `arn:aws:cognito-idp:${region}:000000000000:userpool/${Id}`;
    return create(ctx, { ...pool, Id, Arn });
  };
}

/** Puts users into a pool without its triggers; at once, as every save writes the whole file. */
export async function addUsers(
  { cognito }: CognitoEngine,
  userPoolId: string,
  users: readonly PoolUser[],
): Promise<void> {
  const pool = await cognito.getUserPool(context, userPoolId);
  const all = [...(await pool.listUsers(context)), ...users];
  const byUsername = Object.fromEntries(all.map((user) => [user.Username, user]));
  await pool.dataStore.set(context, 'Users', byUsername);
}

async function postConfirm(
  cognito: CognitoService,
  callTrigger: CallTrigger,
  { source, clientId, userPoolId, username, clientMetadata = {} }: PostConfirmation,
): Promise<void> {
  const pool = await cognito.getUserPool(context, userPoolId);
  const user = await pool.getUserByUsername(context, username);
  if (!user) return;
  const confirmed = clientId === null ? user : await verifyEmail(pool, user);
  await callTrigger({
    trigger: 'PostConfirmation',
    triggerSource: source,
    userPoolId,
    clientId: clientId ?? 'CLIENT_ID_NOT_APPLICABLE',
    userName: username,
    request: { userAttributes: triggerAttributes(confirmed), clientMetadata },
  });
}

/** The profile as it is now: at a first sign-in the challenge has just changed its status. */
async function postAuthenticate(
  cognito: CognitoService,
  callTrigger: CallTrigger,
  { source, clientId, userPoolId, username, clientMetadata }: PostAuthentication,
): Promise<void> {
  const pool = await cognito.getUserPool(context, userPoolId);
  const user = await pool.getUserByUsername(context, username);
  if (!user) return;
  await callTrigger({
    trigger: 'PostAuthentication',
    triggerSource: source,
    userPoolId,
    clientId,
    userName: username,
    request: { userAttributes: triggerAttributes(user), newDeviceUsed: false, clientMetadata },
  });
}

/** The code that confirmed the sign-up was mailed to the address: cognito-local forgets to say so. */
async function verifyEmail(pool: Pool, user: PoolUser): Promise<PoolUser> {
  if (!pool.options.AutoVerifiedAttributes?.includes('email')) return user;
  const verified = withAttributes(user, [{ Name: 'email_verified', Value: 'true' }]);
  await pool.saveUser(context, verified);
  return verified;
}

/** A user as a trigger event shows it. */
export function triggerAttributes({ Attributes, UserStatus }: PoolUser): Record<string, string> {
  const attributes = Attributes.map(({ Name, Value = '' }) => [Name, Value]);
  return { ...Object.fromEntries(attributes), 'cognito:user_status': UserStatus };
}

/** The user with these attributes in place of those of the same name. */
export function withAttributes(user: PoolUser, attributes: Attribute[]): PoolUser {
  const names = attributes.map(({ Name }) => Name);
  const kept = user.Attributes.filter(({ Name }) => !names.includes(Name));
  return { ...user, Attributes: [...kept, ...attributes] };
}

/** The value of an attribute, if the user has it. */
export function attributeOf(user: Pick<PoolUser, 'Attributes'>, name: string): string | undefined {
  return user.Attributes.find(({ Name }) => Name === name)?.Value;
}

/**
 * Where people sign in with their address, cognito-local takes any profile that has the address for
 * the user of that name. In Cognito a federated profile is no such user, so the same person can have
 * a native one as well.
 */
function withoutFederatedAliases(pool: Pool): Pool {
  const find = pool.getUserByUsername.bind(pool);
  pool.getUserByUsername = async (ctx, username) => {
    const user = await find(ctx, username);
    const byAlias = user?.UserStatus === 'EXTERNAL_PROVIDER' && user.Username !== username;
    if (!byAlias || attributeOf(user, 'sub') === username) return user;
    const users = await pool.listUsers(ctx);
    const native = users.filter(({ UserStatus }) => UserStatus !== 'EXTERNAL_PROVIDER');
    return native.find((each) => attributeOf(each, 'email') === username) ?? null;
  };
  return pool;
}
