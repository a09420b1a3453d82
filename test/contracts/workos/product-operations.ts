import { globSync, readFileSync } from 'node:fs';
import { WorkOS } from '@workos-inc/node';

const ROOT = new URL('../../../', import.meta.url);

/** The operation behind each method of WorkOS's SDK that the project calls. */
const OPERATIONS: Record<string, string> = {
  getUser: 'GET /user_management/users/{id}',
  getUserByExternalId: 'GET /user_management/users/external_id/{external_id}',
  getUserIdentities: 'GET /user_management/users/{id}/identities',
  listUsers: 'GET /user_management/users',
  createUser: 'POST /user_management/users',
  updateUser: 'PUT /user_management/users/{id}',
  deleteUser: 'DELETE /user_management/users/{id}',
  listSessions: 'GET /user_management/users/{id}/sessions',
  revokeSession: 'POST /user_management/sessions/revoke',
  listUserAuthFactors: 'GET /user_management/users/{userlandUserId}/auth_factors',
  createPasswordReset: 'POST /user_management/password_reset',
  authenticateWithPassword: 'POST /user_management/authenticate',
};

/**
 * The WorkOS operations that some files send, read from their text: calls of the SDK's methods, and paths of the API.
 *
 * @param patterns globs, from the root of the repository.
 * @returns `workos:METHOD /path/{template}`, sorted.
 * @throws where a method of the SDK is called that has no operation above.
 */
export function workosOperationsIn(patterns: string[]): string[] {
  const { userManagement, multiFactorAuth } = new WorkOS('sk_test_none');
  const methods = new Set([userManagement, multiFactorAuth].flatMap(methodsOf));
  const found = new Set<string>();
  for (const file of patterns.flatMap((pattern) => globSync(pattern, { cwd: ROOT }))) {
    const text = readFileSync(new URL(file, ROOT), 'utf8');
    if (text.includes('/user_management/authenticate`'))
      found.add(toKey('authenticateWithPassword'));
    if (!file.startsWith('src/workos/') && !text.includes('@workos-inc/node')) continue;
    for (const [, method = ''] of text.matchAll(/\.(\w+)\(/g)) {
      if (methods.has(method)) found.add(toKey(method));
    }
  }
  return [...found].sort();
}

function methodsOf(client: object): string[] {
  return Object.getOwnPropertyNames(Object.getPrototypeOf(client)).filter(
    (name) => name !== 'constructor',
  );
}

function toKey(method: string): string {
  const operation = OPERATIONS[method];
  if (operation === undefined) throw new Error(`product-operations.ts: what does ${method} send?`);
  return `workos:${operation}`;
}
