import { createAccountControl } from './account-control.ts';
import type { Accounts } from './accounts.ts';
import type { StrictUser } from './api-types.ts';
import type { StrictWorkosControl } from './control-types.ts';
import { createResetRules } from './password-reset.ts';

/** The tests' side of the stand-in, and the key that it changes under the server. */
export function createControl(accounts: Accounts, apiKey: string) {
  const { users } = accounts;
  const key: { current: string | undefined } = { current: apiKey };

  function seedUser(partial: Partial<StrictUser>): StrictUser {
    const { id, email, external_id: externalId } = partial;
    const taken =
      (id !== undefined && users.byId(id)) ||
      (email !== undefined && users.byEmail(email)) ||
      (typeof externalId === 'string' && users.byExternalId(externalId));
    if (taken) throw new Error(`seedUser: taken by ${taken.id}: ${JSON.stringify(partial)}`);
    return structuredClone(users.insert(structuredClone(partial)));
  }

  const control: StrictWorkosControl = {
    ...createAccountControl(accounts),
    requests: [],
    schemaViolations: [],
    resets: [],
    resetRules: createResetRules(),
    faults: [],
    onRequest: undefined,
    countRequests() {
      const reads = control.requests.filter(({ method }) => method === 'GET').length;
      return { reads, writes: control.requests.length - reads };
    },
    clear() {
      control.requests.length = 0;
      control.schemaViolations.length = 0;
      control.resets.length = 0;
      control.faults.length = 0;
      control.onRequest = undefined;
    },
    users: () => structuredClone([...users.order.oldestFirst]),
    userByEmail: (email) => structuredClone(users.byEmail(email)),
    seedUser,
    setIdentities: (userId, list) => void accounts.identities.set(userId, list),
    lockEmail: (userId) => void accounts.lockedEmails.add(userId),
    revokeKey() {
      key.current = undefined;
    },
    setKey(next) {
      key.current = next;
    },
  };
  return { control, key };
}
