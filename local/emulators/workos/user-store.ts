import type { Accounts } from './accounts.ts';
import {
  type CodedError,
  invalidRequest,
  notFound,
  refusal,
  userCreationError,
} from './answers.ts';
import type {
  Answer,
  CreateUserBody,
  ListUsersQuery,
  StrictUser,
  UpdateUserBody,
} from './api-types.ts';
import { mergeMetadata, metadataProblem } from './metadata.ts';
import { listPage } from './pages.ts';
import { passwordProblem, toPassword } from './passwords.ts';

export interface UserStoreSettings {
  accounts: Accounts;
  isEmail: (email: string) => boolean;
  emulatorStyleConflicts: boolean;
  externalIdMaxLength: number;
  lowercaseEmails: boolean;
}

export type UserStore = ReturnType<typeof createUserStore>;

/** The operations on users, with the rules that the API documents for them. */
export function createUserStore({ accounts, isEmail, ...settings }: UserStoreSettings) {
  const { users, passwords, lockedEmails } = accounts;

  function emailProblem(email: string, user?: StrictUser): CodedError | undefined {
    if (!isEmail(email)) {
      return { code: 'invalid_email', message: `'${email}' is not a valid email address.` };
    }
    const owner = users.byEmail(email);
    if (owner !== undefined && owner === user) return undefined;
    if (user && lockedEmails.has(user.id)) {
      const message = `'${user.email}' cannot be changed to '${email}'.`;
      return { code: 'email_change_not_allowed', message };
    }
    if (!owner) return undefined;
    return { code: 'email_not_available', message: `The email '${email}' is not available.` };
  }

  function externalIdProblem(
    externalId: string | null | undefined,
    user?: StrictUser,
  ): CodedError | undefined {
    const owner = typeof externalId === 'string' ? users.byExternalId(externalId) : undefined;
    if (!owner || owner === user) return undefined;
    const message = `The external id '${externalId}' belongs to ${owner.id}.`;
    return { code: 'external_id_already_used', message };
  }

  /** The guide says 64 characters, the spec 128. */
  function externalIdTooLong({ external_id }: CreateUserBody | UpdateUserBody): Answer | undefined {
    const max = settings.externalIdMaxLength;
    if ((external_id?.length ?? 0) <= max) return undefined;
    const message = `external_id is longer than ${max} characters.`;
    return invalidRequest([{ code: 'external_id_too_long', message }]);
  }

  function stored(email: string): string {
    return settings.lowercaseEmails ? email.toLowerCase() : email;
  }

  function create(body: CreateUserBody): Answer {
    const tooLong = externalIdTooLong(body);
    if (tooLong) return tooLong;
    const errors = [emailProblem(body.email), externalIdProblem(body.external_id)].filter(
      (error) => error !== undefined,
    );
    const [first] = errors;
    // WorkOS's emulators answer so; the OpenAPI spec has no 409 here (docs/facts.md#workos-errors).
    if (settings.emulatorStyleConflicts && first?.code === 'email_not_available') {
      return refusal(409, 'user_already_exists', first.message);
    }
    if (first) return userCreationError(errors);
    const metadata = body.metadata ?? {};
    const problem = metadataProblem(metadata) ?? passwordProblem(body);
    if (problem) return problem;

    const user = users.insert({
      email: stored(body.email),
      email_verified: body.email_verified ?? false,
      first_name: body.first_name ?? null,
      last_name: body.last_name ?? null,
      external_id: body.external_id ?? null,
      metadata,
    });
    setPassword(user, body);
    return { status: 201, body: user };
  }

  function update(id: string, body: UpdateUserBody): Answer {
    const user = users.byId(id);
    if (!user) return notFound('User', id);
    const tooLong = externalIdTooLong(body);
    if (tooLong) return tooLong;
    const error = updateProblem(user, body);
    if (error) return refusal(400, error.code, error.message);
    const metadata = mergeMetadata(user.metadata, body.metadata);
    const problem = metadataProblem(metadata) ?? passwordProblem(body);
    if (problem) return problem;

    const { email = user.email, email_verified, external_id, first_name, last_name, locale } = body;
    users.change(user, {
      email: stored(email),
      email_verified: email_verified ?? users.staysVerified(user, email),
      ...(external_id !== undefined && { external_id }),
      ...(first_name !== undefined && { first_name }),
      ...(last_name !== undefined && { last_name }),
      ...(locale !== undefined && { locale }),
      metadata,
    });
    setPassword(user, body);
    return { status: 200, body: user };
  }

  /** A password can be overwritten, never removed (docs/facts.md#workos-passwords). Sessions stay: WorkOS documents no end. */
  function setPassword({ id }: StrictUser, body: CreateUserBody | UpdateUserBody): void {
    const password = toPassword(body);
    if (password) passwords.set(id, password);
  }

  /** OpenAPI, update user, 400: one code, at the top. */
  function updateProblem(user: StrictUser, body: UpdateUserBody): CodedError | undefined {
    if (body.email_verified === false && user.email_verified) {
      const message = `'${user.email}' is verified already.`;
      return { code: 'email_already_verified', message };
    }
    const emailError = body.email === undefined ? undefined : emailProblem(body.email, user);
    return emailError ?? externalIdProblem(body.external_id, user);
  }

  function list(query: ListUsersQuery): Answer {
    const page = listPage(users.order, query);
    if (query.email === undefined || page.status !== 200) return page;
    // Emails are unique, so a filtered list is one page.
    const user = users.byEmail(query.email);
    const list_metadata = { before: null, after: null };
    return { status: 200, body: { object: 'list', data: user ? [user] : [], list_metadata } };
  }

  /** OpenAPI, delete user: 200 without content, "It cannot be undone". */
  function remove(id: string): Answer {
    const user = users.byId(id);
    if (!user) return notFound('User', id);
    accounts.remove(user);
    return { status: 200, body: undefined };
  }

  return { create, update, list, remove };
}
