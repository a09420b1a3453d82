import * as v from 'valibot';
import { CONFLICT_ADVICE, isConflictReason } from '../../src/mirror/decide/conflicts.ts';
import type { StrictUser } from '../emulators/workos.ts';
import type { SystemObserver } from '../local-system.ts';
import { createConsumerWork } from './consumer-work.ts';
import type { EventStream } from './event-stream.ts';
import { toShownProfile, toShownUser } from './shown.ts';

const triggerSchema = v.object({
  triggerSource: v.string(),
  request: v.object({
    userAttributes: v.record(v.string(), v.string()),
    clientMetadata: v.optional(v.record(v.string(), v.string())),
  }),
});
const batchSchema = v.object({
  Records: v.array(
    v.object({
      messageId: v.string(),
      attributes: v.optional(v.object({ MessageGroupId: v.optional(v.string()) })),
    }),
  ),
});
const changeSchema = v.object({
  detail: v.object({
    eventName: v.string(),
    requestParameters: v.object({ userPoolId: v.optional(v.string()) }),
    // Null in a call that names no user of the pool, one that Cognito refused for example.
    additionalEventData: v.nullable(v.object({ sub: v.string() })),
  }),
});
const logSchema = v.looseObject({
  level: v.optional(v.string()),
  message: v.optional(v.string()),
  outcome: v.optional(v.string()),
  reason: v.optional(v.string()),
  problem: v.optional(v.unknown()),
  error: v.optional(v.unknown()),
  sub: v.optional(v.string(), ''),
  messageId: v.optional(v.string()),
});
type LogLine = v.InferOutput<typeof logSchema>;

/** Puts everything that the parts of the local system report into one stream of events. */
export function createSystemObserver({ emit }: Pick<EventStream, 'emit'>): SystemObserver {
  const work = createConsumerWork();
  function emitLog(functionName: string, log: LogLine): void {
    const { outcome, reason, sub, messageId } = log;
    if (outcome !== undefined) {
      const advice = outcome === 'conflict' ? adviceOn(reason) : undefined;
      emit({
        kind: 'outcome',
        messageId,
        sub,
        outcome,
        reason,
        advice,
        ...work.settle(sub),
      });
    } else if (log.level === 'WARN' || log.level === 'ERROR') {
      emit({
        kind: 'problem',
        who: functionName,
        text: log.message ?? '',
        reason: reasonOf(log),
      });
    }
  }
  return {
    onCognitoRequest: (action, username) => emit({ kind: 'call', action, username }),
    onProfiles: (profiles) => emit({ kind: 'profiles', profiles: profiles.map(toShownProfile) }),
    onProfileGone: (sub) => emit({ kind: 'profile-gone', sub }),
    onInvoke({ functionName, event }) {
      if (functionName === 'consumer') {
        const { Records } = v.parse(batchSchema, event);
        work.begin(Records.map((each) => [each.messageId, each.attributes?.MessageGroupId]));
        emit({ kind: 'taken', messageIds: Records.map(({ messageId }) => messageId) });
      } else if (isTrigger(functionName)) {
        emit(triggerEvent(event));
      }
    },
    onSend({ queueUrl, groupId, body, messageId, reason }) {
      const isDeadLetter = queueUrl.includes('dlq');
      if (groupId === '') emit(changeEvent(body));
      else emit({ kind: 'queued', messageId, sub: groupId, isDeadLetter, reason });
    },
    onDeadLetters: (count) => emit({ kind: 'dead-letters', count }),
    onWorkosRequest({ method, body }) {
      const isWrite = method !== 'GET';
      work.addRequest(isWrite, isUser(body) ? toShownUser(body) : undefined);
      emit({ kind: 'request', isWrite });
    },
    onWorkosUser: (user) => emit({ kind: 'user', user: toShownUser(user) }),
    onWorkosUserGone: (id) => emit({ kind: 'user-gone', id }),
    onLog(functionName, line) {
      emit({ kind: 'log', functionName, line });
      const log = parseLog(line);
      if (log) emitLog(functionName, log);
    },
    onError: ({ functionName }, error) =>
      emit({ kind: 'problem', who: functionName, text: error.message, reason: '' }),
    onBatch({ done, kept }) {
      work.end([...done, ...kept]);
      emit({ kind: 'settled', done, kept });
    },
  };
}

function adviceOn(reason = ''): string | undefined {
  return isConflictReason(reason) ? CONFLICT_ADVICE[reason].means : undefined;
}

function isTrigger(functionName: string): boolean {
  return /^(post|pre)/.test(functionName);
}

function triggerEvent(event: unknown) {
  const { triggerSource, request } = v.parse(triggerSchema, event);
  const { email, sub = '', 'cognito:user_status': status = '' } = request.userAttributes;
  const isSealed = request.clientMetadata?.workos_password !== undefined;
  return { kind: 'trigger', source: triggerSource, email, sub, status, isSealed } as const;
}

/** Names and values are hidden in it. */
function changeEvent(body: string) {
  const { detail } = v.parse(changeSchema, JSON.parse(body));
  const hasPoolId = detail.requestParameters.userPoolId !== undefined;
  const sub = detail.additionalEventData?.sub ?? '';
  return { kind: 'change', name: detail.eventName, sub, hasPoolId } as const;
}

function isUser(body: unknown): body is StrictUser {
  return typeof body === 'object' && body !== null && 'object' in body && body.object === 'user';
}

function parseLog(line: string): LogLine | undefined {
  try {
    const parsed = v.safeParse(logSchema, JSON.parse(line));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

function reasonOf({ reason, problem, error }: LogLine): string {
  const known = reason ?? problem ?? (error === undefined ? '' : JSON.stringify(error));
  return String(known);
}
