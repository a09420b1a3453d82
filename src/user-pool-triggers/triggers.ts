import type { Attachment, Attachments, Trigger } from '../config/pool-triggers.ts';
import { TRIGGERS } from '../config/pool-triggers.ts';

export const NO_FUNCTION = 'none';
export const GIVE_BACK = 'give-back';

/** The functions in a pool's triggers: all that this project looks at of LambdaConfig. */
export type Occupied = Partial<Record<Trigger, string>>;

/** A function for each trigger: an ARN, or `none`. */
export type Functions = Partial<Record<Trigger, string>>;

/**
 * What is remembered beyond one deployment. `former`: what each trigger held when ours took its place;
 * `chained`: which function the last deployment that went through had ours call.
 */
export type Memory = { former: Functions; chained: Functions };

export type Step =
  /** Nothing to do. `why` where the trigger is not ours all the same. */
  | { trigger: Trigger; kind: 'keep'; why?: string }
  /** `former`: to be remembered before the place is taken. */
  | { trigger: Trigger; kind: 'set'; functionArn: string; former?: string }
  | { trigger: Trigger; kind: 'clear' }
  | { trigger: Trigger; kind: 'refuse'; why: string };

/**
 * What to do about each trigger so that `wanted` is true, seen from what the pool has now.
 *
 * - Nobody's place is taken silently: another function is refused, unless it is the one that the owner
 *   named to be chained.
 * - A function that ours calls is not dropped silently: to name it no more is refused, unless the owner
 *   says `none` or `give-back`.
 * - A trigger that is no longer wanted gets the former function back; where somebody else has changed it
 *   meanwhile, theirs is left alone.
 * - What was wanted before and is unchanged is mended where the trigger is empty, and never refused.
 * - A function that our trigger was to call, but whose place it never took, is not put there: that is what
 *   the roll-back of a failed deployment looks like.
 *
 * @param wanted what is to be true now; empty when everything is to be given back.
 * @param before what the last deployment wanted; undefined for the first one; `mend` when a person asks
 *   for what is deployed already: then a place that somebody else has taken is refused.
 * @param options.isRollBack nobody has left anything out then: the parameters are the former ones.
 * @param memory what it does not hold about a trigger is taken for what `before` says.
 */
export function planTriggers(
  occupied: Occupied,
  wanted: Attachments,
  before: Attachments | undefined | 'mend',
  memory: Memory,
  options: { isRollBack?: boolean } = {},
): Step[] {
  const last = before === 'mend' ? wanted : before;
  return TRIGGERS.flatMap((trigger) => {
    const situation = {
      trigger,
      now: occupied[trigger],
      want: wanted[trigger],
      had: last?.[trigger],
      former: memory.former[trigger],
      accepted: memory.chained[trigger],
      isFirst: before === undefined,
      isMend: before === 'mend',
      isRollBack: options.isRollBack === true,
    };
    const step = situation.want ? take(situation, situation.want) : giveBack(situation);
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
  isMend: boolean;
  isRollBack: boolean;
};

function take(situation: Situation, want: Attachment): Step {
  const { trigger, now, had, isFirst } = situation;
  const { functionArn } = want;
  if (want.chained === GIVE_BACK) return handOver(situation);
  const chained = chainedFunction(want);
  const wrong = chained === undefined ? undefined : wrongChain(trigger, functionArn, chained);
  if (wrong !== undefined) return { trigger, kind: 'refuse', why: wrong };
  const formerly = situation.isMend ? remembered(situation.accepted) : had && chainedFunction(had);
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
    !situation.isMend && had?.functionArn === functionArn && had.chained === want.chained;
  if (isUnchanged) return keep(`${trigger} calls ${now}, which is not ours: left alone`);
  return { trigger, kind: 'refuse', why: occupiedText(trigger, now, chained) };

  function keep(why?: string): Step {
    return { trigger, kind: 'keep', ...(why !== undefined && { why }) };
  }
}

function remembered(functionArn: string | undefined): string | undefined {
  return functionArn === NO_FUNCTION ? undefined : functionArn;
}

/** The owner names the function that ours calls no more, and does not say what is to become of it. */
function leaveOut(situation: Situation, formerly: string): Step {
  const { trigger, former, accepted, isRollBack } = situation;
  const isUnknown = former === undefined && accepted === undefined;
  const wentThrough = isUnknown || former === formerly || accepted === formerly;
  if (wentThrough && !isRollBack) {
    return { trigger, kind: 'refuse', why: leftOutText(trigger, formerly) };
  }
  return giveBack(situation) ?? { trigger, kind: 'keep' };
}

/** In so many words: the trigger is not to be ours. */
function handOver(situation: Situation): Step {
  const { trigger, now, had, want, former } = situation;
  const isOurs = now !== undefined && (now === want?.functionArn || now === had?.functionArn);
  if (!isOurs) return { trigger, kind: 'keep', why: `${trigger} is left to ${now ?? 'nobody'}` };
  const owner = had && chainedFunction(had);
  const functionArn = owner ?? (had?.chained === NO_FUNCTION ? undefined : former);
  return functionArn === undefined || functionArn === NO_FUNCTION
    ? { trigger, kind: 'clear' }
    : { trigger, kind: 'set', functionArn };
}

/** The trigger is not wanted (any more): what we had taken, the former function gets back. */
function giveBack({ trigger, now, want, had, former: taken }: Situation): Step | undefined {
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
export function chainedFunction({ chained }: Attachment): string | undefined {
  return chained === NO_FUNCTION || chained === GIVE_BACK ? undefined : chained;
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
  const give = `--param chain${trigger}=${now}`;
  return chained === undefined
    ? `${trigger} already calls ${now}, which is not ours. To have our trigger call it and pass its answer on, deploy with ${give}; to leave the trigger to it, with --param chain${trigger}=${GIVE_BACK}`
    : `${trigger} calls ${now}, but chain${trigger} names ${chained}: deploy with ${give}`;
}

function leftOutText(trigger: Trigger, formerly: string): string {
  const param = `--param chain${trigger}`;
  return `chain${trigger} named ${formerly} and is left out now. To go on calling that function, deploy with ${param}=${formerly}; to give it the trigger back, with ${param}=${GIVE_BACK}; if there is no such function any more, with ${param}=${NO_FUNCTION}`;
}
