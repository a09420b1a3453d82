import type { Counters, Log } from '../telemetry/telemetry.ts';
import type { Publish } from './publish.ts';
import { type TriggerSource, triggerEventToObservation } from './trigger-event.ts';

/**
 * Publishes the user that a trigger event shows, and logs and counts the result. Every result, a lost
 * publication included, is a normal return: the sign-in goes on.
 *
 * @param dependencies.sources the trigger sources that are published; events of others are ignored.
 * @param dependencies.carriesPasswords whether sealed passwords are carried (docs/design.md#passwords).
 * @param dependencies.clock the time of the observation; each call later than the last.
 * @returns a function of the event and the id of the invocation.
 */
export function createTriggerObserver(dependencies: {
  sources: readonly TriggerSource[];
  carriesPasswords: boolean;
  publish: Publish;
  log: Log;
  counters: Counters;
  clock: () => Date;
}): (event: unknown, invocationId: string) => Promise<void> {
  const { publish, log, counters, clock } = dependencies;
  return async (event, invocationId) => {
    const observation = triggerEventToObservation(event, dependencies, clock());
    if (observation.kind === 'ignored') {
      counters.count('ObservationIgnored');
      log.info('observation ignored', { reason: observation.reason, sub: observation.sub });
      return;
    }
    const { user, triggerSource, password, isPasswordDropped } = observation;
    if (isPasswordDropped) counters.count('PasswordMalformed');
    const publication = await publish({ user, password }, invocationId);
    if (publication.kind === 'lost') {
      counters.count('PublicationLost');
      log.error('publication lost: this sign-in is not mirrored until the next one or a seed', {
        sub: user.sub,
        triggerSource,
        error: publication.error,
      });
      return;
    }
    counters.count('ObservationPublished');
    log.info('observation published', { sub: user.sub, triggerSource });
  };
}
