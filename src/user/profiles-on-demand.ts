import type { Profiles } from './profiles.ts';

/**
 * Present profiles, whose client is loaded at the first question: most invocations ask none, and loading it
 * would lengthen every cold start.
 */
export function profilesOnDemand(load: () => Promise<Profiles>): Profiles {
  let loading: Promise<Profiles> | undefined;
  return {
    asOf: 'now',
    async find(profile, signal) {
      loading ??= load();
      return (await loading).find(profile, signal);
    },
  };
}
