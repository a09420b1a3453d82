/**
 * The calls of the Cognito API that change what is mirrored of a user, as CloudTrail names them
 * (docs/facts.md#cloudtrail). The rule of serverless/pool-change.yml has the same names; a test compares them.
 *
 * Left out on purpose: sign-ins and SignUp, which the triggers report; calls about passwords without a change of
 * status, MFA, devices, tokens and groups, of which nothing is mirrored.
 */
export const CHANGE_NAMES = [
  'AdminConfirmSignUp',
  'AdminCreateUser',
  'AdminDeleteUserAttributes',
  'AdminDisableProviderForUser',
  'AdminDisableUser',
  'AdminEnableUser',
  'AdminLinkProviderForUser',
  'AdminResetUserPassword',
  'AdminSetUserPassword',
  'AdminUpdateUserAttributes',
  'ConfirmForgotPassword',
  'ConfirmSignUp',
  'DeleteUserAttributes',
  'UpdateUserAttributes',
  'VerifyUserAttribute',
] as const;

/** The calls that delete a user. */
export const DELETION_NAMES = ['AdminDeleteUser', 'DeleteUser'] as const;
