import { type Attachments, TRIGGERS, type Trigger } from '../config/pool-triggers.ts';
import { toJson } from './pool-settings.ts';
import { chainedFunction, GIVE_BACK, type Occupied } from './triggers.ts';

/** How a trigger of the pool stands: ours, or what is in its place. */
export type TriggerState = {
  trigger: Trigger;
  wanted: string;
  /** The function that Cognito calls; absent where it calls none. */
  actual?: string;
  /** The function that ours calls, where one is chained. */
  chained?: string;
  attached: boolean;
};

/**
 * What a deployment wants, and what the pool has → how each wanted trigger stands. One that its owner has had
 * given back is not wanted.
 */
export function attachmentsToStates(wanted: Attachments, occupied: Occupied): TriggerState[] {
  return TRIGGERS.flatMap((trigger) => {
    const want = wanted[trigger];
    if (!want || want.chained === GIVE_BACK) return [];
    const actual = occupied[trigger];
    const chained = chainedFunction(want);
    return [
      {
        trigger,
        wanted: want.functionArn,
        attached: actual === want.functionArn,
        ...(actual !== undefined && { actual }),
        ...(chained !== undefined && { chained }),
      },
    ];
  });
}

/** A described pool → the functions in its triggers. */
export function poolToOccupied(pool: object): Occupied {
  const config = toJson(toJson(pool).LambdaConfig);
  const entries = TRIGGERS.flatMap((trigger) => {
    const arn = config[trigger];
    return typeof arn === 'string' && arn !== '' ? [[trigger, arn] as const] : [];
  });
  return Object.fromEntries(entries);
}
