import type { Assessment, Loss } from './facts.ts';
import {
  customAttributes,
  groups,
  leftOut,
  noEmail,
  phoneOnly,
  triggers,
  unverifiedEmail,
} from './losses/left-behind.ts';
import {
  customAuth,
  devices,
  mfa,
  passkeys,
  passwords,
  providers,
  sessions,
  usernames,
} from './losses/sign-in.ts';

/**
 * What does not come along to WorkOS, whom it touches and what to do, in the order in which a team decides. What
 * touches no user is left out; what is not known is in.
 */
export function toLosses(facts: Assessment): Loss[] {
  const losses = [
    passwords(facts),
    phoneOnly(facts),
    noEmail(facts),
    unverifiedEmail(facts),
    providers(facts),
    mfa(facts),
    passkeys(facts),
    customAuth(facts),
    usernames(facts),
    groups(facts),
    customAttributes(facts),
    triggers(facts),
    devices(facts),
    leftOut(facts),
    sessions(facts),
  ];
  return losses
    .filter((loss) => loss !== undefined)
    .filter(({ affected }) => affected.kind === 'unknown' || affected.users > 0);
}
