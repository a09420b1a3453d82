import type { Profiles } from './profiles.ts';

/**
 * Profiles of now whose client is loaded when somebody is first asked about: most invocations need none,
 * and every cold start would pay for it.
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
