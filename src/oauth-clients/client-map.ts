import type { IdentityProvider } from '../cognito/identity-provider.ts';
import type { OauthClients } from '../config/mirror.ts';

/** Providers → `OAUTH_CLIENTS`. SAML has no client id: left out. */
export function providersToClients(providers: IdentityProvider[]): OauthClients {
  return Object.fromEntries(
    providers.flatMap(({ name, type, clientId }) =>
      clientId === undefined ? [] : [[name, { type, clientId }] as const],
    ),
  );
}

/**
 * The map as a file to be pasted into an environment or a deployment's parameter. One line, because the
 * framework takes a parameter's first line only; ASCII; and no `${`, which it would take for a variable
 * of its own (tried with osls 4.3.1).
 */
export function clientsToJson(clients: OauthClients): string {
  return JSON.stringify(clients)
    .replaceAll('${', '\\u0024{')
    .replace(/[^\x20-\x7e]/g, toEscape);
}

function toEscape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
