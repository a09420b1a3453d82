import { boolean, ConfigurationError, type Environment, integer } from './environment.ts';

/** Where WorkOS is and how to authenticate, see `loadWorkosConfig`. */
export type WorkosConfig = {
  hostname: string;
  port: number;
  https: boolean;
  /**
   * `value`: the key itself, in commands and local runs. `parameter`: the name of an SSM SecureString, in
   * Lambda.
   */
  apiKey: { kind: 'value'; value: string } | { kind: 'parameter'; name: string };
};

/**
 * `WORKOS_API_KEY` or `WORKOS_API_KEY_PARAMETER` (which takes precedence), and the address of the API;
 * default `https://api.workos.com:443`.
 *
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
