import { findPackageJSON } from 'node:module';
import { pathToFileURL } from 'node:url';

/** A WorkOS user as far as the local run looks at it. */
export type WorkosUser = {
  id: string;
  email: string;
  email_verified: boolean;
  first_name: string | null;
  last_name: string | null;
  external_id: string | null;
  metadata: Record<string, string>;
};

export type WorkosEmulator = {
  /** Answers a request of the WorkOS API. */
  fetch(request: Request): Promise<Response>;
  /** Its users, to look at and to put right. */
  users: {
    all(): WorkosUser[];
    get(id: string): WorkosUser | undefined;
    update(id: string, changes: Partial<WorkosUser>): WorkosUser | undefined;
  };
};

/**
 * WorkOS's own emulator from npm `workos`, without a server: its public `createEmulator` listens on
 * every interface and hides its store, which is where an email can be changed.
 */
export async function loadWorkosEmulator(apiKey: string): Promise<WorkosEmulator> {
  const home = findPackageJSON('workos', import.meta.url);
  if (!home) throw new Error('the package workos is not installed');
  const from = (path: string) => import(new URL(path, pathToFileURL(home)).href);
  const { createServer } = await from('dist/emulate/core/index.js');
  const { workosPlugin, getWorkOSStore } = await from('dist/emulate/workos/index.js');
  const baseUrl = 'http://127.0.0.1';
  const apiKeys = { [apiKey]: { environment: 'test' } };
  const { app, store } = createServer(workosPlugin, { baseUrl, apiKeys });
  workosPlugin.seed?.(store, baseUrl);
  return { fetch: async (request) => app.fetch(request), users: getWorkOSStore(store).users };
}
