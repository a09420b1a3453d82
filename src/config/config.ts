import * as v from 'valibot';
import type { TrustedProviders } from '../mirror/decide/rules.ts';
import { type Attachments, TRIGGERS, type Trigger } from '../user-pool-triggers/triggers.ts';

/** The environment as the process has it: `process.env`, handed in by an entry point. */
export type Environment = Record<string, string | undefined>;

/** A variable is missing or wrong. The message names it and says what to set. */
export class ConfigurationError extends Error {
  override name = 'ConfigurationError';
  readonly variable: string;
  constructor(variable: string, problem: string) {
    super(`${variable} ${problem}`);
    this.variable = variable;
  }
}

export type PublisherConfig = {
  queueUrl: string;
  timeoutMs: number;
  /** What was wrong but could be replaced by a default: to be logged, not to lose users over. */
  problems: ConfigurationError[];
};

export type OauthClients = Record<string, { type: string; clientId: string }>;

export type MirrorConfig = {
  /** Absent when `OAUTH_CLIENTS` is not set: tags made elsewhere are then left as they are. */
  oauthClients?: OauthClients;
  /** From `TRUSTED_EMAIL_PROVIDERS`. */
  trustedProviders: TrustedProviders;
  /** Not by a variable: see MirrorRules. */
  takeOverUnverified?: boolean;
  recreate?: boolean;
  clock?: () => Date;
};

export type WorkosConfig = {
  hostname: string;
  port: number;
  https: boolean;
  /** `value` in scripts and local runs; `parameter`, the name of an SSM SecureString, in Lambda. */
  apiKey: { kind: 'value'; value: string } | { kind: 'parameter'; name: string };
};

/** `trustHours`: for how long a state that was mirrored is taken to be in WorkOS still. */
export type LedgerConfig = { table: string; trustHours: number };

export type ConsumerConfig = {
  /** The pool whose profiles may be asked about; absent: the one that a message names. */
  userPoolId?: string;
  /** How many consumers may run at a time. */
  concurrency: number;
  /** The part of WorkOS's limits that all consumers together may use: above 0, at most 1. */
  workosShare: number;
  /** Where what was mirrored is remembered; absent: nowhere. */
  ledger?: LedgerConfig;
  deadLetterQueueUrl: string;
  queueUrl: string;
  mirror: MirrorConfig;
  workos: WorkosConfig;
};

const DEFAULT_PUBLISH_TIMEOUT_MS = 1000;
/** Cognito waits five seconds for a trigger; more would be in the way of the sign-in. */
const MAXIMUM_PUBLISH_TIMEOUT_MS = 4000;

/**
 * `SYNC_QUEUE_URL` and `SYNC_PUBLISH_TIMEOUT_MS` (1 to 4,000 milliseconds; default 1,000). A bad
 * deadline becomes the default and a problem: publishing goes on.
 * @throws ConfigurationError when there is no queue to publish to.
 */
export function loadPublisherConfig(env: Environment): PublisherConfig {
  const queueUrl = url(env, 'SYNC_QUEUE_URL');
  const range = { fallback: DEFAULT_PUBLISH_TIMEOUT_MS, min: 1, max: MAXIMUM_PUBLISH_TIMEOUT_MS };
  try {
    return { queueUrl, timeoutMs: integer(env, 'SYNC_PUBLISH_TIMEOUT_MS', range), problems: [] };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { queueUrl, timeoutMs: DEFAULT_PUBLISH_TIMEOUT_MS, problems: [error] };
  }
}

/**
 * `SYNC_CHAINED_FUNCTION_ARN`: the function of somebody else that a trigger has to call, and to answer
 * for; undefined where there is none. serverless.yml checks it before anything is deployed.
 */
export function loadChainedFunction(env: Environment): string | undefined {
  return env.SYNC_CHAINED_FUNCTION_ARN?.trim() || undefined;
}

/**
 * Everything the deployed or local consumer needs (DESIGN, section 6).
 * @throws ConfigurationError
 */
export function loadConsumerConfig(env: Environment): ConsumerConfig {
  const userPoolId = env.SYNC_USER_POOL_ID?.trim();
  return {
    ...(userPoolId && { userPoolId }),
    queueUrl: url(env, 'SYNC_QUEUE_URL'),
    deadLetterQueueUrl: url(env, 'SYNC_DLQ_URL'),
    mirror: loadMirrorConfig(env),
    workos: loadWorkosConfig(env),
    concurrency: integer(env, 'SYNC_CONSUMER_CONCURRENCY', { fallback: 1, min: 1, max: 1_000 }),
    workosShare: number(env, 'SYNC_WORKOS_SHARE', { fallback: 0.5, min: 0.01, max: 1 }),
    ...loadLedgerConfig(env),
  };
}

/**
 * `SYNC_LEDGER_TABLE` and `SYNC_LEDGER_HOURS` (0 to 720; default 24).
 * @throws ConfigurationError
 */
export function loadLedgerConfig(env: Environment): { ledger?: LedgerConfig } {
  const table = env.SYNC_LEDGER_TABLE?.trim();
  if (!table) return {};
  const trustHours = number(env, 'SYNC_LEDGER_HOURS', { fallback: 24, min: 0, max: 720 });
  return { ledger: { table, trustHours } };
}

/**
 * `OAUTH_CLIENTS` and `TRUSTED_EMAIL_PROVIDERS`.
 * @throws ConfigurationError
 */
export function loadMirrorConfig(env: Environment): MirrorConfig {
  const oauthClients = parseOauthClients(env.OAUTH_CLIENTS);
  return {
    ...(oauthClients && { oauthClients }),
    trustedProviders: parseTrustedProviders(env.TRUSTED_EMAIL_PROVIDERS),
  };
}

/**
 * `WORKOS_API_KEY` or `WORKOS_API_KEY_PARAMETER` (which wins), and where the API is: by default
 * `https://api.workos.com:443`.
 * @throws ConfigurationError
 */
export function loadWorkosConfig(env: Environment): WorkosConfig {
  return {
    hostname: env.WORKOS_API_HOSTNAME?.trim() || 'api.workos.com',
    port: integer(env, 'WORKOS_API_PORT', { fallback: 443, min: 1, max: 65_535 }),
    https: boolean(env, 'WORKOS_API_HTTPS', true),
    apiKey: loadApiKey(env),
  };
}

function loadApiKey(env: Environment): WorkosConfig['apiKey'] {
  const name = env.WORKOS_API_KEY_PARAMETER?.trim();
  if (name) return { kind: 'parameter', name };
  const value = env.WORKOS_API_KEY?.trim();
  if (value) return { kind: 'value', value };
  throw new ConfigurationError(
    'WORKOS_API_KEY',
    'is not set: give the key of the WorkOS environment, or in WORKOS_API_KEY_PARAMETER the name of the SSM SecureString that holds it',
  );
}

/** The pool, and which function each of its triggers is to call. */
export type TriggerConfig = { userPoolId: string; wanted: Attachments };

const TRIGGER_VARIABLES: Record<Trigger, string> = {
  PostConfirmation: 'POST_CONFIRMATION',
  PreAuthentication: 'PRE_AUTHENTICATION',
  PostAuthentication: 'POST_AUTHENTICATION',
};

/**
 * What a deployment wants of the pool's triggers: `SYNC_USER_POOL_ID`, and for each trigger that it
 * takes `SYNC_<TRIGGER>_FUNCTION_ARN` and `SYNC_<TRIGGER>_CHAINED_ARN`, as serverless.yml sets them.
 *
 * @throws ConfigurationError
 */
export function loadTriggerConfig(env: Environment): TriggerConfig {
  const userPoolId = env.SYNC_USER_POOL_ID?.trim();
  if (!userPoolId) throw new ConfigurationError('SYNC_USER_POOL_ID', 'is not set');
  const wanted: Attachments = {};
  for (const trigger of TRIGGERS) {
    const functionArn = env[`SYNC_${TRIGGER_VARIABLES[trigger]}_FUNCTION_ARN`]?.trim();
    const chained = env[`SYNC_${TRIGGER_VARIABLES[trigger]}_CHAINED_ARN`]?.trim();
    if (functionArn) wanted[trigger] = { functionArn, ...(chained && { chained }) };
  }
  return { userPoolId, wanted };
}

/** What the attachment needs beside it: how long functions go on after their triggers were taken off. */
export type AttachmentConfig = TriggerConfig & { settleSeconds: number };

/**
 * `loadTriggerConfig`'s variables, and `SYNC_DETACH_SETTLE_SECONDS` (0 to 60; default 30): Cognito waits five
 * seconds for a trigger and calls it up to three times (FACTS, Cognito), so a sign-in that has read the pool
 * before the change may call for fifteen; as long again for Cognito to spread the change, about which it
 * documents nothing.
 *
 * @throws ConfigurationError
 */
export function loadAttachmentConfig(env: Environment): AttachmentConfig {
  const range = { fallback: 30, min: 0, max: 60 };
  return {
    ...loadTriggerConfig(env),
    settleSeconds: integer(env, 'SYNC_DETACH_SETTLE_SECONDS', range),
  };
}

/** A name as DNS has it, with a dot: `acme.com`. */
const DOMAIN = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/;

/** `Okta,Azure:acme.com|acme.de` → each provider, whole or with its domains; named twice, both hold. */
function parseTrustedProviders(text = ''): TrustedProviders {
  const providers = new Map<string, 'all' | Set<string>>();
  for (const entry of text.split(',').map((each) => each.trim())) {
    if (entry === '') continue;
    const colon = entry.lastIndexOf(':');
    const name = (colon < 0 ? entry : entry.slice(0, colon)).trim();
    const domains = colon < 0 ? [] : entry.slice(colon + 1).split('|');
    const known = providers.get(name);
    if (name === '') throw new ConfigurationError('TRUSTED_EMAIL_PROVIDERS', TRUSTED_EXPECTED);
    if (colon < 0 || known === 'all') providers.set(name, 'all');
    else providers.set(name, new Set([...(known ?? []), ...domains.map(parseDomain)]));
  }
  return providers;
}

const TRUSTED_EXPECTED =
  'has to be names of identity providers, each whole or with its domains, like Okta,Azure:acme.com|acme.de';

function parseDomain(text: string): string {
  const domain = text.trim().toLowerCase();
  if (DOMAIN.test(domain)) return domain;
  throw new ConfigurationError(
    'TRUSTED_EMAIL_PROVIDERS',
    `${TRUSTED_EXPECTED}; bad domain: "${text}"`,
  );
}

const oauthClientsSchema = v.record(
  v.pipe(v.string(), v.nonEmpty()),
  v.object({ type: v.string(), clientId: v.pipe(v.string(), v.nonEmpty()) }),
);

function parseOauthClients(text: string | undefined): OauthClients | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const expected = 'has to be JSON like {"Google":{"type":"Google","clientId":"…"}}';
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ConfigurationError('OAUTH_CLIENTS', `${expected}; it is not JSON`);
  }
  const parsed = v.safeParse(oauthClientsSchema, json);
  if (parsed.success) return parsed.output;
  const path = v.getDotPath(parsed.issues[0]);
  throw new ConfigurationError('OAUTH_CLIENTS', `${expected}; bad: ${path ?? 'the whole value'}`);
}

function url(env: Environment, variable: string): string {
  const value = env[variable]?.trim();
  if (!value) throw new ConfigurationError(variable, 'is not set: give the URL of the queue');
  if (!URL.canParse(value)) throw new ConfigurationError(variable, 'is not a URL');
  return value;
}

function integer(
  env: Environment,
  variable: string,
  range: { fallback: number; min: number; max: number },
): number {
  const text = env[variable]?.trim();
  if (!text) return range.fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < range.min || value > range.max) {
    const problem = `has to be a whole number from ${range.min} to ${range.max}`;
    throw new ConfigurationError(variable, problem);
  }
  return value;
}

function number(
  env: Environment,
  variable: string,
  range: { fallback: number; min: number; max: number },
): number {
  const text = env[variable]?.trim();
  if (!text) return range.fallback;
  const value = Number(text);
  if (!Number.isFinite(value) || value < range.min || value > range.max) {
    throw new ConfigurationError(variable, `has to be a number from ${range.min} to ${range.max}`);
  }
  return value;
}

function boolean(env: Environment, variable: string, fallback: boolean): boolean {
  const text = env[variable]?.trim().toLowerCase();
  if (!text) return fallback;
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw new ConfigurationError(variable, 'has to be true or false');
}
