/** The triggers of a sign-in by custom challenges (developer guide, custom authentication challenge triggers). */
export const CUSTOM_AUTH = new Set([
  'DefineAuthChallenge',
  'CreateAuthChallenge',
  'VerifyAuthChallengeResponse',
]);
