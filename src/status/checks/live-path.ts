import { counted, toCount } from '../../page/format.ts';
import type { TriggerState } from '../../user-pool-triggers/watched-triggers.ts';
import { timeBetween, toSpan } from '../ago.ts';
import type { StatusCheck } from '../check.ts';
import type { StackFact, StatusFacts } from '../facts.ts';

/** Seconds that a message may wait: the bound of the alarm `oldest-message` (serverless/alarms.yml). */
export const LAG_BOUND_SECONDS = 900;

/** CloudFormation's status (API reference, Stack): what is neither whole nor on its way there. */
const BROKEN = /FAILED$|^ROLLBACK_|^DELETE_|^REVIEW_IN_PROGRESS$/;

export function checkStack({ stack, stage, version, lookedAt }: StatusFacts): StatusCheck {
  if (!stack.known) return unknown(stack.why);
  const { at, value } = stack;
  if (!value) {
    const which = stage.known && stage.value !== undefined ? ` of the stage ${stage.value}` : '';
    return { state: 'bad', detail: `there is no stack${which} in this account and region`, at };
  }
  const deployed = `deployed ${timeBetween(value.updatedAt, lookedAt)} ago`;
  if (BROKEN.test(value.status)) {
    return { state: 'bad', detail: `${value.name} is ${value.status}`, at };
  }
  const versions = versionText(value, version);
  if (value.status === 'CREATE_COMPLETE' || value.status === 'UPDATE_COMPLETE') {
    const state = value.version === version ? 'ok' : 'look';
    return { state, detail: `${versions}, ${deployed}`, at };
  }
  return { state: 'look', detail: `${versions}, ${value.status}`, at };
}

function versionText({ version }: StackFact, ours: string): string {
  if (version === undefined) return `of an earlier version than this package (${ours})`;
  return version === ours ? version : `${version}, but this package is ${ours}`;
}

export function checkTriggers({ triggers }: StatusFacts): StatusCheck {
  if (!triggers.known) return unknown(triggers.why);
  const { at, value } = triggers;
  if (!value) return { state: 'bad', detail: 'no deployment observes this pool', at };
  if (value.length === 0) return { state: 'bad', detail: 'no trigger is ours', at };
  const lost = value.filter(({ attached }) => !attached);
  const names = value.map(({ trigger }) => trigger).join(', ');
  if (lost.length === 0) return { state: 'ok', detail: `${names} attached`, at };
  return { state: 'bad', detail: lostText(lost), at };
}

function lostText(lost: readonly TriggerState[]): string {
  const empty = lost.flatMap(({ trigger, actual }) => (actual === undefined ? [trigger] : []));
  const call = empty.length === 1 ? 'calls' : 'call';
  return [
    ...(empty.length > 0 ? [`${empty.join(', ')} ${call} no function`] : []),
    ...lost.flatMap(({ trigger, actual }) => (actual ? [`${trigger} calls ${actual}`] : [])),
  ].join('; ');
}

export function checkObserved({ metrics }: StatusFacts): StatusCheck {
  if (!metrics.known) return unknown(metrics.why);
  const { observedLastDay: count } = metrics.value;
  const what = counted(count, 'sign-up, sign-in or edit', 'sign-ups, sign-ins and edits');
  return { state: count > 0 ? 'ok' : 'none', detail: `${what} in 24 h`, at: metrics.at };
}

export function checkQueue({ queue }: StatusFacts): StatusCheck {
  if (!queue.known) return unknown(queue.why);
  const { visible, inFlight, delayed } = queue.value;
  if (visible + inFlight + delayed === 0) return { state: 'ok', detail: 'empty', at: queue.at };
  const detail = `about ${toCount(visible)} waiting, ${toCount(inFlight)} in flight, ${toCount(delayed)} delayed`;
  return { state: 'ok', detail, at: queue.at };
}

/** Without CloudWatch's number, the alarm `oldest-message` tells whether the bound is kept. */
export function checkLag({ queue, metrics, alarms }: StatusFacts): StatusCheck {
  const p99 = metrics.known && metrics.value.lagP99Ms;
  const recent = typeof p99 === 'number' ? `; p99 of the last hour ${toLag(p99)}` : '';
  if (queue.known && isEmpty(queue.value)) {
    return { state: 'ok', detail: `nothing waits${recent}`, at: queue.at };
  }
  const oldest = metrics.known ? metrics.value.oldestMessage : undefined;
  if (oldest) {
    const state = oldest.seconds > LAG_BOUND_SECONDS ? 'bad' : 'ok';
    const detail = `the oldest message has waited ${toSpan(oldest.seconds)}${recent}`;
    return { state, detail, at: oldest.at };
  }
  if (alarms.known && alarms.value.total > 0) {
    const isLate = alarms.value.raised.some(({ name }) => name === 'oldest-message');
    const bound = toSpan(LAG_BOUND_SECONDS);
    return isLate
      ? { state: 'bad', detail: `a message has waited for more than ${bound}`, at: alarms.at }
      : { state: 'ok', detail: `less than ${bound}, by the alarm${recent}`, at: alarms.at };
  }
  return unknown(metrics.known ? 'CloudWatch has no value yet' : metrics.why);
}

export function checkDeadLetters({ deadLetters, metrics }: StatusFacts): StatusCheck {
  if (!deadLetters.known) return unknown(deadLetters.why);
  const { at, value } = deadLetters;
  if (isEmpty(value)) return { state: 'ok', detail: 'none', at };
  const count = value.visible + value.inFlight + value.delayed;
  const oldest = metrics.known ? metrics.value.oldestDeadLetter : undefined;
  const since = oldest ? `, the oldest for ${toSpan(oldest.seconds)}` : '';
  return { state: 'bad', detail: `about ${counted(count, 'message')}${since}`, at };
}

export function checkAlarms({ alarms, lookedAt }: StatusFacts): StatusCheck {
  if (!alarms.known) return unknown(alarms.why);
  const { at, value } = alarms;
  // Every stack has some: an answer without them is none.
  if (value.total === 0) return unknown('CloudWatch names no alarm of this stack');
  if (value.raised.length === 0) {
    return { state: 'ok', detail: `none of ${toCount(value.total)} raised`, at };
  }
  const raised = value.raised.map(({ name, since }) =>
    since === undefined ? name : `${name} (for ${timeBetween(since, lookedAt)})`,
  );
  return { state: 'bad', detail: raised.join(', '), at };
}

function unknown(why: string): StatusCheck {
  return { state: 'unknown', detail: why };
}

function isEmpty(depth: { visible: number; inFlight: number; delayed: number }): boolean {
  return depth.visible + depth.inFlight + depth.delayed === 0;
}

function toLag(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : toSpan(ms / 1000);
}
