import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { loadMirrorConfig } from '../../src/config/mirror.ts';
import { clientsToJson } from '../../src/oauth-clients/client-map.ts';

/** The clients that a function deployed with this parameter reads from its environment, without deploying. */
async function deployedClients(parameter: string) {
  const serverless = createRequire(import.meta.url).resolve('serverless/bin/serverless.js');
  const what = ['--path', 'functions.consumer.environment.OAUTH_CLIENTS', '--format', 'json'];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [serverless, 'print', ...what, '--param', `oauthClients=${parameter}`],
    { cwd: fileURLToPath(new URL('../..', import.meta.url)) },
  );
  return loadMirrorConfig({ OAUTH_CLIENTS: JSON.parse(stdout) }).oauthClients;
}

it('the map that oauth-clients writes reaches a deployed function unchanged, with any provider names', async () => {
  const clients = {
    Google: { type: 'Google', clientId: '1.apps.googleusercontent.com' },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what the framework takes for a variable.
    "We\"ird\n=,\u2028${self:service}é 'q'": { type: 'OIDC', clientId: 'a,b={c}\\${self:x}' },
  };
  expect(await deployedClients(clientsToJson(clients))).toEqual(clients);
}, 90_000);
