import { createRequire } from 'node:module';

/*
 * The parts of cognito-local that are used here. Its own types bring all of AWS SDK v2 with them, a
 * million lines that would cost every type check a gigabyte; its `createDefaultServer` loads that SDK
 * for a second, logs to the terminal and writes into the current directory.
 */

export type Attribute = { Name: string; Value?: string };

export type PoolUser = {
  Username: string;
  UserStatus: string;
  Enabled: boolean;
  Attributes: Attribute[];
  Password: string;
  RefreshTokens: string[];
  UserCreateDate: Date;
  UserLastModifiedDate: Date;
};

export type Pool = {
  options: {
    AutoVerifiedAttributes?: string[];
    AdminCreateUserConfig?: { AllowAdminCreateUserOnly?: boolean };
    SchemaAttributes?: { Name: string; Required?: boolean }[];
  };
  getUserByUsername(context: Context, username: string): Promise<PoolUser | null>;
  listUsers(context: Context): Promise<readonly PoolUser[]>;
  saveUser(context: Context, user: PoolUser): Promise<void>;
  deleteUser(context: Context, user: PoolUser): Promise<void>;
  /** Private to cognito-local, and the one way to save many users at once. */
  dataStore: {
    set(context: Context, key: 'Users', users: Record<string, PoolUser>): Promise<void>;
  };
};

/** The settings of a pool, of which only its names matter here. */
export type UserPoolOptions = { Id: string; Arn?: string };

export type CognitoService = {
  createUserPool(context: Context, pool: UserPoolOptions): Promise<UserPoolOptions>;
  getUserPool(context: Context, userPoolId: string): Promise<Pool>;
  getAppClient(context: Context, clientId: string): Promise<AppClient | null>;
};

export type AppClient = {
  UserPoolId: string;
  PreventUserExistenceErrors?: string;
  ClientSecret?: string;
};

/** Answers an action of the Cognito API. */
export type Route = (
  action: string,
) => (context: Context, body: unknown) => Promise<Record<string, unknown>>;

export type PostConfirmation = {
  source: string;
  /** null when an administrator confirms. */
  clientId: string | null;
  userPoolId: string;
  username: string;
  clientMetadata?: ClientMetadata;
};

export type PostAuthentication = {
  source: string;
  clientId: string;
  userPoolId: string;
  username: string;
  clientMetadata?: ClientMetadata;
};

/** What an application sends along with a request, for the triggers. */
export type ClientMetadata = Record<string, string>;

type Clock = { get(): Date };
type Logger = Record<'debug' | 'info' | 'warn' | 'error', () => void> & { child(): Logger };
/** `clientMetadata`: of the answer to a challenge that cognito-local has not. */
export type Context = { logger: Logger; clientMetadata?: ClientMetadata };
type PoolFactory = { create(...args: unknown[]): Promise<Pool> };
type New<Instance, Args extends unknown[] = unknown[]> = new (...args: Args) => Instance;

const require = createRequire(import.meta.url);
const load = <T>(path: string): T => require(`cognito-local/lib/${path}.js`);

export const { Router } = load<{ Router: (services: object) => Route }>('server/Router');
export const { DateClock } = load<{ DateClock: New<Clock> }>('services/clock');
export const { JwtTokenGenerator } = load<{ JwtTokenGenerator: New<object> }>(
  'services/tokenGenerator',
);
export const { StormDBDataStoreFactory } = load<{
  StormDBDataStoreFactory: New<object, [directory: string]>;
}>('services/dataStore/stormDb');
export const { UserPoolServiceFactoryImpl } = load<{
  UserPoolServiceFactoryImpl: New<PoolFactory, [clock: Clock, stores: object]>;
}>('services/userPoolService');
export const { CognitoServiceFactoryImpl } = load<{
  CognitoServiceFactoryImpl: New<
    { create(context: Context, defaults: object): Promise<CognitoService> },
    [directory: string, stores: object, pools: PoolFactory]
  >;
}>('services/cognitoService');

type CognitoErrorClass<Args extends unknown[]> = New<Error & { code: string }, Args>;

export const {
  CognitoError,
  UnsupportedError,
  InvalidLambdaResponseError,
  UnexpectedLambdaExceptionError,
  UserLambdaValidationError,
} = load<{
  CognitoError: CognitoErrorClass<[code: string, message: string]>;
  UnsupportedError: New<Error, [message: string]>;
  InvalidLambdaResponseError: CognitoErrorClass<[]>;
  UnexpectedLambdaExceptionError: CognitoErrorClass<[]>;
  UserLambdaValidationError: CognitoErrorClass<[message: string]>;
}>('errors');

/** What its services ask for, which is only a logger. */
export const context: Context = { logger: silentLogger() };

function silentLogger(): Logger {
  const silent = () => {};
  return { debug: silent, info: silent, warn: silent, error: silent, child: silentLogger };
}
