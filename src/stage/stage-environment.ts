import type { Environment } from '../config/environment.ts';
import { SERVICE } from '../user-pool-triggers/function-name.ts';
import type { StageFile } from './stage-file.ts';

/** The SSM SecureString that holds the key of a stage, unless the stage names another one. */
export function defaultApiKeyParameter(stage: string): string {
  return `/${SERVICE}/${stage}/workos-api-key`;
}

/**
 * The environment of a command, with what the stage's file says where no variable does: variables win, and a
 * key in a variable (`WORKOS_API_KEY`) keeps the stage's parameter out.
 */
export function stageToEnvironment(env: Environment, { stage, settings }: StageFile): Environment {
  const hasKey = isSet(env.WORKOS_API_KEY) || isSet(env.WORKOS_API_KEY_PARAMETER);
  const fromFile: Environment = {
    AWS_REGION: isSet(env.AWS_DEFAULT_REGION) ? undefined : settings.region,
    WORKOS_API_KEY_PARAMETER: hasKey
      ? undefined
      : (settings.workosApiKeyParameter ?? defaultApiKeyParameter(stage)),
    WORKOS_API_HOSTNAME: settings.workosApiHostname,
    WORKOS_API_PORT: settings.workosApiPort,
    WORKOS_API_HTTPS: settings.workosApiHttps,
    OAUTH_CLIENTS: settings.oauthClients,
    TRUSTED_EMAIL_PROVIDERS: settings.trustedEmailProviders,
  };
  const merged = { ...env };
  for (const [name, value] of Object.entries(fromFile)) {
    if (isSet(value) && !isSet(env[name])) merged[name] = value;
  }
  return merged;
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value.trim() !== '';
}
