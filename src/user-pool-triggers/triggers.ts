import {
  type Attachment,
  type Attachments,
  TRIGGERS,
  type Trigger,
} from '../config/pool-triggers.ts';
import type { PoolTriggers } from './trigger-holder.ts';

export const NO_FUNCTION = 'none';
const RELEASE = 'release';
/** What `release` was called before. A deployed stack may still have it; a new deployment may not. */
const FORMER_RELEASE = 'give-back';

/** A function for each trigger: an ARN, or `none`. */
export type TriggerFunctions = Partial<Record<Trigger, string>>;

/**
 * What is remembered beyond one deployment. `former`: what each trigger held when ours took its place;
 * `chained`: which function the last deployment that went through had ours call.
 */
export type TriggerHistory = { former: TriggerFunctions; chained: TriggerFunctions };

export type TriggerStep =
  /** Nothing to do. `why` where the trigger is not ours all the same. */
  | { trigger: Trigger; kind: 'keep'; why?: string }
  /** `former`: to be remembered before the place is taken. */
  | { trigger: Trigger; kind: 'set'; functionArn: string; former?: string }
  | { trigger: Trigger; kind: 'clear' }
  | { trigger: Trigger; kind: 'refuse'; why: string };

/**
 * What to do about each trigger so that `desired` is true, seen from what the pool has now.
 *
 * - Another function's place is never taken silently: the change is refused, unless it is the function that
 *   the operator named to be chained.
 * - A function that ours calls is not dropped silently: to name it no longer is refused, unless the operator
 *   says `none` or `release`.
 * - A trigger that is no longer desired is restored to the former function; where another change has replaced
 *   ours meanwhile, that function is left alone.
 * - What was desired before and is unchanged is attached again where the trigger is empty, and never refused.
 * - A function that our trigger was to call, but whose place it never took, is not put there: that is what
 *   the roll-back of a failed deployment looks like.
 *
 * @param desired what is to be true now; empty when every trigger is to be released.
 * @param before what the last deployment desired; undefined for the first one; `reattach` when an operator
 *   asks for what is deployed already: then a place that another function has taken is refused.
 * @param history what it does not hold about a trigger is taken for what `before` says.
 * @param options.isRollBack the operator has left nothing out then: the parameters are the former ones.
 */
export function planTriggers(
  current: PoolTriggers,
  desired: Attachments,
  before: Attachments | undefined | 'reattach',
  history: TriggerHistory,
  options: { isRollBack?: boolean } = {},
): TriggerStep[] {
  const last = before === 'reattach' ? desired : before;
  return TRIGGERS.flatMap((trigger) => {
    const situation = {
      trigger,
      now: current[trigger],
      want: desired[trigger],
      had: last?.[trigger],
      former: history.former[trigger],
      accepted: history.chained[trigger],
      isFirst: before === undefined,
      isReattach: before === 'reattach',
      isRollBack: options.isRollBack === true,
    };
    const step = situation.want ? take(situation, situation.want) : restore(situation);
    return step ? [step] : [];
  });
}

type Situation = {
  trigger: Trigger;
  now: string | undefined;
  want: Attachment | undefined;
  had: Attachment | undefined;
  former: string | undefined;
  accepted: string | undefined;
  isFirst: boolean;
  isReattach: boolean;
  isRollBack: boolean;
};

function take(situation: Situation, want: Attachment): TriggerStep {
  const { trigger, now, had, isFirst, isReattach } = situation;
  const { functionArn } = want;
  if (want.chained === FORMER_RELEASE && !isReattach && !situation.isRollBack) {
    const why = `chain${trigger}=${FORMER_RELEASE} is called ${RELEASE} now: deploy with --param chain${trigger}=${RELEASE}`;
    return { trigger, kind: 'refuse', why };
  }
  if (isReleased(want)) return release(situation);
  const chained = chainedFunction(want);
  const wrong = chained === undefined ? undefined : wrongChain(trigger, functionArn, chained);
  if (wrong !== undefined) return { trigger, kind: 'refuse', why: wrong };
  const formerly = isReattach ? remembered(situation.accepted) : had && chainedFunction(had);
  if (formerly !== undefined && want.chained === undefined) return leaveOut(situation, formerly);
  if (now === functionArn) return keep();
  if (now === undefined && chained !== undefined && isFirst) {
    const why = `${trigger} is empty, so there is nothing to chain: leave out --param chain${trigger}`;
    return { trigger, kind: 'refuse', why };
  }
  if (now === undefined || now === had?.functionArn) {
    const former = chained === undefined ? NO_FUNCTION : (situation.former ?? NO_FUNCTION);
    return { trigger, kind: 'set', functionArn, former };
  }
  if (now === chained) return { trigger, kind: 'set', functionArn, former: now };
  const isUnchanged =
    !isReattach && had?.functionArn === functionArn && had.chained === want.chained;
  if (isUnchanged) return keep(`${trigger} calls ${now}, which is not ours: left alone`);
  return { trigger, kind: 'refuse', why: occupiedText(trigger, now, chained) };

  function keep(why?: string): TriggerStep {
    return { trigger, kind: 'keep', ...(why !== undefined && { why }) };
  }
}

function remembered(functionArn: string | undefined): string | undefined {
  return functionArn === NO_FUNCTION ? undefined : functionArn;
}

/** The operator no longer names the function that ours calls, and does not say what is to become of it. */
function leaveOut(situation: Situation, formerly: string): TriggerStep {
  const { trigger, former, accepted, isRollBack } = situation;
  const isUnknown = former === undefined && accepted === undefined;
  const wentThrough = isUnknown || former === formerly || accepted === formerly;
  if (wentThrough && !isRollBack) {
    return { trigger, kind: 'refuse', why: leftOutText(trigger, formerly) };
  }
  return restore(situation) ?? { trigger, kind: 'keep' };
}

/** The operator says that the trigger is not to be ours. */
function release(situation: Situation): TriggerStep {
  const { trigger, now, had, want, former } = situation;
  const isOurs = now !== undefined && (now === want?.functionArn || now === had?.functionArn);
  if (!isOurs)
    return {
      trigger,
      kind: 'keep',
      why: now === undefined ? `${trigger} is left empty` : `${trigger} is left to ${now}`,
    };
  const owner = had && chainedFunction(had);
  const functionArn = owner ?? (had?.chained === NO_FUNCTION ? undefined : former);
  return functionArn === undefined || functionArn === NO_FUNCTION
    ? { trigger, kind: 'clear' }
    : { trigger, kind: 'set', functionArn };
}

/** The trigger is not desired (any more): where ours took its place, the former function is restored. */
function restore({ trigger, now, want, had, former: taken }: Situation): TriggerStep | undefined {
  if (!had) return undefined;
  const isOurs = now !== undefined && (now === had.functionArn || now === want?.functionArn);
  if (!isOurs) {
    const why = `${trigger} is not ours any more (${now ?? 'empty'}): left alone`;
    return { trigger, kind: 'keep', why };
  }
  const former = chainedFunction(had);
  if (want && taken !== undefined && taken !== former) return { trigger, kind: 'keep' };
  return former === undefined
    ? { trigger, kind: 'clear' }
    : { trigger, kind: 'set', functionArn: former };
}

/** The function that ours calls; undefined where it calls none. */
export function chainedFunction(attachment: Attachment): string | undefined {
  const { chained } = attachment;
  return chained === NO_FUNCTION || isReleased(attachment) ? undefined : chained;
}

/** Whether the operator said that the trigger is not to be ours. */
export function isReleased({ chained }: Attachment): boolean {
  return chained === RELEASE || chained === FORMER_RELEASE;
}

/** Lambda developer guide: function ARNs, with or without a version or an alias. */
const FUNCTION_ARN =
  /^arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[a-zA-Z0-9-_]{1,140}(:[\w$-]{1,128})?$/;

function wrongChain(trigger: Trigger, functionArn: string, chained: string): string | undefined {
  if (!FUNCTION_ARN.test(chained)) {
    return `chain${trigger} has to be the ARN of a Lambda function, as ${trigger} of the pool names it: "${chained}" is none`;
  }
  const isOurs = chained === functionArn || chained.startsWith(`${functionArn}:`);
  return isOurs ? `chain${trigger} names our own function, which would call itself` : undefined;
}

function occupiedText(trigger: Trigger, now: string, chained: string | undefined): string {
  const chain = `--param chain${trigger}=${now}`;
  return chained === undefined
    ? `${trigger} already calls ${now}, which is not ours. To have our trigger call it and pass its answer on, deploy with ${chain}; to leave the trigger to it, with --param chain${trigger}=${RELEASE}`
    : `${trigger} calls ${now}, but chain${trigger} names ${chained}: deploy with ${chain}`;
}

/** What to write where a deployment leaves out `chain<trigger>`, which named the function `formerly`. */
export function leftOutText(trigger: Trigger, formerly: string): string {
  const param = `--param chain${trigger}`;
  return `chain${trigger} named ${formerly} and is left out now. To go on calling that function, deploy with ${param}=${formerly}; to release the trigger to it, with ${param}=${RELEASE}; if there is no such function any more, with ${param}=${NO_FUNCTION}`;
}
