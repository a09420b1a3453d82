import * as v from 'valibot';
import { ConfigurationError, type Environment } from './environment.ts';

export type OauthClients = Record<string, { type: string; clientId: string }>;

/**
 * Identity providers whose addresses the owner vouches for, by their names in Cognito: all of them, or
 * only those of some domains (ASCII lower case, without `@`).
 */
export type TrustedProviders = ReadonlyMap<string, 'all' | ReadonlySet<string>>;

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
