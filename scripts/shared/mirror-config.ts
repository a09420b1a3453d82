import type { ServerClock } from '../../src/aws/server-clock.ts';
import { loadMirrorConfig, type MirrorConfig } from '../../src/config/mirror.ts';

/**
 * The mirror's rules for one run of a command: those of the environment, and those that its options switch on.
 *
 * @throws ConfigurationError
 */
export function toMirrorConfig(
  options: { takeOverUnverified?: true; recreate?: true; retag?: true },
  clock: ServerClock,
): MirrorConfig & { clock: () => Date } {
  return {
    ...loadMirrorConfig(process.env),
    ...(options.takeOverUnverified && { takeOverUnverified: true }),
    ...(options.recreate && { recreate: true }),
    ...(options.retag && { retag: true }),
    clock: clock.now,
  };
}
