import * as v from 'valibot';
import type { LocalSystem } from '../local-system.ts';
import type { Commands } from './commands.ts';
import type { Teller } from './teller.ts';

/** The one who proves that the live path works. */
export type Canary = {
  /** Rejects unless every step has arrived and nothing is left behind. */
  prove(): Promise<void>;
};

const resultSchema = v.object({
  end: v.string(),
  steps: v.object({
    items: v.array(
      v.object({
        step: v.string(),
        result: v.string(),
        seconds: v.nullable(v.number()),
        deadlineSeconds: v.number(),
        reason: v.nullable(v.string()),
      }),
    ),
  }),
  left: v.object({ count: v.number() }),
});

export function createCanary(
  { userPoolId }: Pick<LocalSystem, 'userPoolId'>,
  teller: Pick<Teller, 'tell'>,
  commands: Commands,
): Canary {
  return {
    async prove() {
      // Here the consumer is never long behind.
      const options = [
        '--user-pool-id',
        userPoolId,
        '--workos-client-id',
        'client_local',
        '--settle',
        '0.5',
      ];
      const { result } = await commands.run('canary', ...options);
      const { end, steps, left } = v.parse(resultSchema, result);
      for (const { step, result: how, seconds, deadlineSeconds, reason } of steps.items) {
        const time = seconds === null ? '' : `, ${seconds.toFixed(1)} s of ${deadlineSeconds} s`;
        teller.tell(
          'canary',
          `${step.replace('_', '-')}: ${how}${time}${reason ? ` (${reason})` : ''}`,
        );
      }
      if (end !== 'proved' || left.count > 0) throw new Error(`the canary ended as ${end}`);
      teller.tell('canary', 'everything that it made is removed, on both sides');
    },
  };
}
