import * as v from 'valibot';
import { ConfigurationError, type Environment } from './environment.ts';

/** By the name of the identity provider in Cognito. */
export type OauthClients = Record<string, { type: string; clientId: string }>;

/**
 * Identity providers whose addresses the owner trusts, by their names in Cognito: all their addresses, or
 * only those of some domains (ASCII lower case, without `@`).
 */
export type TrustedProviders = ReadonlyMap<string, 'all' | ReadonlySet<string>>;

/** The owner's settings of the mirror, see `loadMirrorConfig`. */
export type MirrorConfig = {
  /** Absent when `OAUTH_CLIENTS` is not set: client ids that are already tagged are then left as they are. */
  oauthClients?: OauthClients;
  /** From `TRUSTED_EMAIL_PROVIDERS`. */
  trustedProviders: TrustedProviders;
  /** Not from the environment: options of commands, see MirrorRules. */
  takeOverUnverified?: boolean;
  recreate?: boolean;
  retag?: boolean;
  clock?: () => Date;
};

/**
 * `OAUTH_CLIENTS` and `TRUSTED_EMAIL_PROVIDERS` (docs/design.md#environment).
 *
 * @throws ConfigurationError
 */
export function loadMirrorConfig(env: Environment): MirrorConfig {
  const oauthClients = parseOauthClients(env.OAUTH_CLIENTS);
  return {
    ...(oauthClients && { oauthClients }),
    trustedProviders: parseTrustedProviders(env.TRUSTED_EMAIL_PROVIDERS),
  };
}

/** A DNS name with at least one dot: `acme.com`. */
const DOMAIN = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/;

/**
 * `Okta,Azure:acme.com|acme.de` → each provider, whole or with its domains; a provider that is named twice
 * has the domains of both entries.
 */
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
