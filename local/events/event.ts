import type { ShownProfile, ShownUser } from './shown.ts';

/** What happens in the local run. Nothing in it is secret: no message body, no password, no key. */
export type LocalEvent =
  /** The run goes from one phase to the next; `text` says it to people. */
  | { kind: 'phase'; phase: 'starting' | 'playing' | 'open' | 'ended'; text: string }
  /** A step of the story begins; `steps`: how many there are. */
  | { kind: 'step'; title: string; steps: number }
  /** By whom or what it is about. */
  | { kind: 'note'; who: string; text: string }
  /** Single messages are not told of from now on, because a sum of them follows; or they are again. */
  | { kind: 'sum'; isOn: boolean }
  /** A request to Cognito that changes something or signs a user in. */
  | { kind: 'call'; action: string; username?: string | undefined }
  | {
      kind: 'trigger';
      source: string;
      sub: string;
      email?: string | undefined;
      status: string;
      isSealed: boolean;
    }
  /** What CloudTrail reports; `sub` is empty where the call names no user of the pool. */
  | { kind: 'change'; name: string; sub: string; hasPoolId: boolean }
  /** A message was accepted by a FIFO queue; `sub`: its group; `reason`: of a dead letter. */
  | {
      kind: 'queued';
      messageId: string;
      sub: string;
      isDeadLetter: boolean;
      reason?: string | undefined;
    }
  /** The dead-letter queue has as many messages now, after some were taken away. */
  | { kind: 'dead-letters'; count: number }
  /** The consumer is invoked with these messages. */
  | { kind: 'taken'; messageIds: string[] }
  | { kind: 'request'; isWrite: boolean }
  /** Of one observed user, with the requests to WorkOS that it took and the user in the last answer. */
  | {
      kind: 'outcome';
      messageId?: string | undefined;
      sub: string;
      outcome: string;
      reason?: string | undefined;
      /** Of a conflict: what it means. */
      advice?: string | undefined;
      /** Undefined where the consumer worked on several users at once: whose they were is not known. */
      reads: number | undefined;
      writes: number | undefined;
      user?: ShownUser | undefined;
    }
  /** The invocation is over: `done` are deleted, `kept` are delivered again later. */
  | { kind: 'settled'; done: string[]; kept: string[] }
  | { kind: 'problem'; who: string; text: string; reason: string }
  | { kind: 'log'; functionName: string; line: string }
  /** Profiles in the pool that are new or changed. */
  | { kind: 'profiles'; profiles: ShownProfile[] }
  | { kind: 'profile-gone'; sub: string }
  /** A WorkOS user who is new or changed. */
  | { kind: 'user'; user: ShownUser }
  | { kind: 'user-gone'; id: string };

/** A line that tells people of an event, on the terminal and on the page. */
export type EventLine = {
  tone: 'cognito' | 'queue' | 'workos' | 'problem' | 'detail';
  who: string;
  text: string;
  /** Said in passing. */
  aside?: string;
};

/** An event and how it is told. */
export type ToldEvent = { event: LocalEvent; lines: EventLine[] };
