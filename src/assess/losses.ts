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

/** Of a sample in which there is none, there may be some among the others. */
function touchesUsers({ affected }: Loss): boolean {
  return affected.kind === 'unknown' || affected.kind === 'about' || affected.users > 0;
}

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
  return losses.filter((loss) => loss !== undefined).filter(touchesUsers);
}
