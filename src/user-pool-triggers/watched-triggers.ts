import { type Attachments, TRIGGERS, type Trigger } from '../config/pool-triggers.ts';
import { type PoolTriggers, type TriggerHolder, toTriggerHolder } from './trigger-holder.ts';
import { chainedFunction, isReleased } from './triggers.ts';

/** How a trigger of the pool stands: ours, or what is in its place. A line of `npx cws triggers --json`. */
export type TriggerState = {
  trigger: Trigger;
  /** The deployment's function for it. */
  wanted: string;
  /** The function that Cognito calls; absent where it calls none. */
  actual?: string;
  /** The function that ours calls, where one is chained. */
  chained?: string;
  attached: boolean;
};

/**
 * A deployment's attachments, and what the pool has → how each trigger of the deployment stands. One that was
 * released is not the deployment's.
 */
export function attachmentsToStates(desired: Attachments, triggers: PoolTriggers): TriggerState[] {
  return TRIGGERS.flatMap((trigger) => {
    const attachment = desired[trigger];
    if (!attachment || isReleased(attachment)) return [];
    const chained = chainedFunction(attachment);
    return [
      {
        trigger,
        wanted: attachment.functionArn,
        ...holderToState(toTriggerHolder(trigger, triggers[trigger], attachment)),
        ...(chained !== undefined && { chained }),
      },
    ];
  });
}

/** The part of a state that the pool alone decides. */
export function holderToState(holder: TriggerHolder): Pick<TriggerState, 'attached' | 'actual'> {
  if (holder.kind === 'empty') return { attached: false };
  return { attached: holder.kind === 'ours', actual: holder.functionArn };
}
