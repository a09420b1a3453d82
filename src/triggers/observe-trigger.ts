import type { Counters, Log } from '../telemetry/telemetry.ts';
import type { Publish } from './publish.ts';
import { type TriggerSource, triggerEventToObservation } from './trigger-event.ts';

/**
 * What a trigger does: look at the event, publish the user it shows, and say so. The sign-in's fate
 * is not its business, so every result, a lost publication included, is a normal return.
 */
export function createTriggerObserver(dependencies: {
  sources: readonly TriggerSource[];
  publish: Publish;
  log: Log;
  counters: Counters;
  clock: () => Date;
}): (event: unknown, invocationId: string) => Promise<void> {
  const { sources, publish, log, counters, clock } = dependencies;
  return async (event, invocationId) => {
    const observation = triggerEventToObservation(event, sources, clock());
    if (observation.kind === 'ignored') {
      counters.count('ObservationIgnored');
      log.info('observation ignored', { reason: observation.reason, sub: observation.sub });
      return;
    }
    const { user, triggerSource } = observation;
    const publication = await publish(user, invocationId);
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
