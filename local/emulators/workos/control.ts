import { createResetRules } from './password-reset.ts';
import type { StrictIdentity, StrictUser, StrictWorkosControl } from './types.ts';
import type { UserIndex } from './user-index.ts';

/** The tests' side of the stand-in, and the settings that it changes under the server. */
export function createControl(users: UserIndex, apiKey: string) {
  const key: { current: string | undefined } = { current: apiKey };
  const lockedEmails = new Set<string>();
  const identities = new Map<string, StrictIdentity[]>();

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
    users: () => structuredClone(users.oldestFirst),
    userByEmail: (email) => structuredClone(users.byEmail(email)),
    seedUser,
    setIdentities: (userId, list) => void identities.set(userId, list),
    lockEmail: (userId) => void lockedEmails.add(userId),
    revokeKey() {
      key.current = undefined;
    },
    setKey(next) {
      key.current = next;
    },
  };
  return { control, key, lockedEmails, identities };
}
