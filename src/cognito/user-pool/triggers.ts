/** The triggers that this project can take, as LambdaConfig names them. */
export const TRIGGERS = ['PostConfirmation', 'PreAuthentication', 'PostAuthentication'] as const;
export type Trigger = (typeof TRIGGERS)[number];

/**
 * What a deployment wants in one trigger.
 *
 * `chained`: the function of somebody else whose place ours takes, calls, and gives back at the end;
 * `none` is the owner's word that there is no such function any more.
 */
export type Attachment = { functionArn: string; chained?: string };
export type Attachments = Partial<Record<Trigger, Attachment>>;

/** The functions in a pool's triggers: all that this project looks at of LambdaConfig. */
export type Occupied = Partial<Record<Trigger, string>>;

export type Step =
  /** Nothing to do. `why` where the trigger is not ours all the same. */
  | { trigger: Trigger; kind: 'keep'; why?: string }
  | { trigger: Trigger; kind: 'set'; functionArn: string }
  | { trigger: Trigger; kind: 'clear' }
  | { trigger: Trigger; kind: 'refuse'; why: string };

/**
 * What to do about each trigger so that `wanted` is true, seen from what the pool has now.
 *
 * - Nobody's place is taken silently: another function is refused, unless it is the one that the owner
 *   named to be chained.
 * - A trigger that is no longer wanted, or whose chained function is no longer named, gets the former
 *   function back; where somebody else has changed it meanwhile, theirs is left alone.
 * - What was wanted before and is unchanged is mended where the trigger is empty, and never refused: a
 *   roll-back has to succeed.
 *
 * @param before what the last deployment wanted; undefined for the first one.
 */
export function planTriggers(
  occupied: Occupied,
  wanted: Attachments,
  before: Attachments | undefined,
): Step[] {
  return TRIGGERS.flatMap((trigger) => {
    const situation = {
      trigger,
      now: occupied[trigger],
      want: wanted[trigger],
      had: before?.[trigger],
      isFirst: before === undefined,
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
  isFirst: boolean;
};

function take(situation: Situation, want: Attachment): Step {
  const { trigger, now, had, isFirst } = situation;
  const { functionArn } = want;
  const chained = chainedFunction(want);
  const wrong = chained === undefined ? undefined : wrongChain(trigger, functionArn, chained);
  if (wrong !== undefined) return { trigger, kind: 'refuse', why: wrong };
  const formerly = had && chainedFunction(had);
  if (formerly !== undefined && want.chained === undefined) return giveBack(situation) ?? keep();
  if (now === functionArn) return keep();
  if (now === undefined && chained !== undefined && isFirst) {
    const why = `${trigger} is empty, so there is nothing to chain: leave out --param chain${trigger}`;
    return { trigger, kind: 'refuse', why };
  }
  if (now === undefined || now === chained || now === had?.functionArn) {
    return { trigger, kind: 'set', functionArn };
  }
  const isUnchanged = had?.functionArn === functionArn && had.chained === want.chained;
  if (isUnchanged) return keep(`${trigger} calls ${now}, which is not ours: left alone`);
  return { trigger, kind: 'refuse', why: occupiedText(trigger, now, chained) };

  function keep(why?: string): Step {
    return { trigger, kind: 'keep', ...(why !== undefined && { why }) };
  }
}

/** The trigger is not wanted (any more): what we had taken, the former function gets back. */
function giveBack({ trigger, now, want, had }: Situation): Step | undefined {
  if (!had) return undefined;
  const isOurs = now !== undefined && (now === had.functionArn || now === want?.functionArn);
  if (!isOurs) {
    const why = `${trigger} is not ours any more (${now ?? 'empty'}): left alone`;
    return { trigger, kind: 'keep', why };
  }
  const former = chainedFunction(had);
  return former === undefined
    ? { trigger, kind: 'clear' }
    : { trigger, kind: 'set', functionArn: former };
}

function chainedFunction({ chained }: Attachment): string | undefined {
  return chained === 'none' ? undefined : chained;
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
    ? `${trigger} already calls ${now}, which is not ours. To have our trigger call it and pass its answer on, deploy with ${give}`
    : `${trigger} calls ${now}, but chain${trigger} names ${chained}: deploy with ${give}`;
}
