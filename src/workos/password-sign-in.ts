import { createSendRequest, type SendRequestDependencies } from './send-request.ts';

/** What WorkOS says to a sign-in with a password; `code` is its own. */
export type PasswordSignIn = { kind: 'signed_in' } | { kind: 'refused'; code: string };

/**
 * Signs a user in at WorkOS with a password, which opens a session
 * (`POST /user_management/authenticate`, `grant_type=password`: docs/facts.md#workos-passwords). The tokens are
 * dropped unread.
 *
 * @param dependencies.clientId of the WorkOS environment.
 */
export function createPasswordSignIn(
  dependencies: SendRequestDependencies & { clientId: string },
): (credentials: { email: string; password: string }) => Promise<PasswordSignIn> {
  const request = createSendRequest(dependencies);
  const { clientId } = dependencies;
  return async (credentials) => {
    const answer = await request('write', undefined, (users) =>
      users.authenticateWithPassword({ clientId, ...credentials }),
    );
    switch (answer.kind) {
      case 'ok':
        return { kind: 'signed_in' };
      case 'refused':
        return { kind: 'refused', code: answer.refusal.code };
      case 'not_found':
        return { kind: 'refused', code: 'not_found' };
    }
  };
}
