import { styleText } from 'node:util';
import type { AnsweredRequest, StrictUser } from '../emulators/workos.ts';
import type { SystemObserver } from '../local-system.ts';

export type Narrator = SystemObserver & {
  /** Announces what happens next. */
  chapter(title: string): void;
  /** A line within it, by whom or what it is about. */
  tell(who: string, text: string): void;
  /** Says nothing of the single messages while `work` is under way, and counts them. */
  sumUp(work: () => Promise<void>): Promise<MessageCounts>;
};

/** `outcomes`: by outcome, with its reason. */
export type MessageCounts = {
  messages: number;
  outcomes: Record<string, number>;
  reads: number;
  writes: number;
};

type NarratorStyle = Parameters<typeof styleText>[0];
type LogLine = Record<string, unknown>;

/** Cognito's calls that only look, or that set up the pool. */
const QUIET_ACTION = /^(List|Get|Describe|AdminGet|CreateUserPool)/;

/**
 * Says in one line each what Cognito did, what was queued and what WorkOS now has, as it happens.
 *
 * @param stream where to; in colour if it is a terminal that has them.
 * @param options.logs also write the functions' own log lines, as they are.
 */
export function createNarrator(
  stream: NodeJS.WritableStream,
  options: { logs?: boolean } = {},
): Narrator {
  const paint = (style: NarratorStyle, text: string) => styleText(style, text, { stream });
  const write = (text: string) => stream.write(`${text}\n`);
  const say = (style: NarratorStyle, who: string, text: string) =>
    write(`   ${paint(style, who.padEnd(8))}  ${text}`);

  let chapters = 0;
  // Of the invocation of the consumer that began last.
  let requests = { reads: 0, writes: 0 };
  let lastUser: StrictUser | undefined;
  let counts: MessageCounts | undefined;

  function forgetRequests() {
    requests = { reads: 0, writes: 0 };
    lastUser = undefined;
  }

  function tellOutcome({ outcome, reason }: LogLine) {
    const because = reason === undefined ? '' : ` (${reason})`;
    if (counts) {
      const key = `${outcome}${because}`;
      counts.outcomes[key] = (counts.outcomes[key] ?? 0) + 1;
      return;
    }
    const user = lastUser ? `  ${person(lastUser)}` : '';
    const cost = `${counted(requests.reads, 'read')}, ${counted(requests.writes, 'write')}`;
    say('green', 'WorkOS', `${outcome}${because}${user}  ${paint('dim', cost)}`);
    if (lastUser && requests.writes > 0) write(paint('dim', `             ${tags(lastUser)}`));
    forgetRequests();
  }

  return {
    chapter(title) {
      chapters++;
      write(`\n${paint('bold', `${String(chapters).padStart(2)} ${title}`)}`);
    },
    tell: (who, text) => say('green', who, text),
    async sumUp(work) {
      const counted = { messages: 0, outcomes: {}, reads: 0, writes: 0 };
      counts = counted;
      try {
        await work();
      } finally {
        counts = undefined;
      }
      return counted;
    },
    onCognitoRequest(action, username) {
      if (!QUIET_ACTION.test(action))
        say('cyan', 'Cognito', username ? `${action}  ${username}` : action);
    },
    onInvoke({ functionName, event }) {
      if (functionName === 'consumer') forgetRequests();
      else if (isTrigger(functionName)) say('cyan', 'trigger', describeTrigger(event));
    },
    onSend({ queueUrl, groupId, body }) {
      const where = queueUrl.includes('dlq') ? 'dead-letter queue' : 'queue';
      if (counts) counts.messages++;
      else if (groupId === '') say('yellow', 'rule', describeChange(body));
      else say('yellow', 'SQS', `one message on the ${where}, group ${short(groupId)}`);
    },
    onWorkosRequest(request) {
      const kind = request.method === 'GET' ? 'reads' : 'writes';
      requests[kind]++;
      if (counts) counts[kind]++;
      lastUser = userIn(request) ?? lastUser;
    },
    onLog(functionName, line) {
      const log = parseLog(line);
      if (options.logs) write(paint('dim', `   ${functionName} ${line}`));
      if (!log) return;
      if (log.outcome !== undefined) tellOutcome(log);
      else if (log.level === 'WARN' || log.level === 'ERROR') {
        say('red', functionName, `${log.message} ${paint('dim', reasonOf(log))}`);
      }
    },
    onError: ({ functionName }, error) => say('red', functionName, error.message),
    onBatch({ failed }) {
      if (failed > 0) say('red', 'SQS', `${counted(failed, 'message')} to be tried again later`);
    },
  };
}

function isTrigger(functionName: string): boolean {
  return /^(post|pre)/.test(functionName);
}

function describeTrigger(event: unknown): string {
  const { triggerSource, request } = event as {
    triggerSource: string;
    request: {
      userAttributes: Record<string, string>;
      clientMetadata?: { workos_password?: string };
    };
  };
  const isSealed = request.clientMetadata?.workos_password !== undefined;
  const { email, sub = '', 'cognito:user_status': status } = request.userAttributes;
  return `${triggerSource}  ${email ?? 'no email'}, ${status}, sub ${short(sub)}${isSealed ? ', with a sealed password' : ''}`;
}

/** What CloudTrail reports: names and values are hidden in it. */
function describeChange(body: string): string {
  const { detail } = JSON.parse(body) as {
    detail: {
      eventName: string;
      requestParameters: { userPoolId?: string };
      additionalEventData: { sub: string };
    };
  };
  const pool = detail.requestParameters.userPoolId ? '' : ', without a pool id';
  return `CloudTrail reports ${detail.eventName}, sub ${short(detail.additionalEventData.sub)}${pool}`;
}

/** The user in an answer, if it is one. */
function userIn({ body }: AnsweredRequest): StrictUser | undefined {
  return isUser(body) ? body : undefined;
}

function isUser(body: unknown): body is StrictUser {
  return typeof body === 'object' && body !== null && 'object' in body && body.object === 'user';
}

function person({ first_name, last_name, email, email_verified }: StrictUser): string {
  const name = [first_name, last_name].filter(Boolean).join(' ');
  return `${name || 'no name'} <${email}>${email_verified ? '' : ', not verified'}`;
}

function tags({ external_id, metadata }: StrictUser): string {
  const { cognito_auth, federated_providers, cognito_linked_subs, oauth_clients } = metadata;
  const shown = {
    external_id: short(external_id ?? ''),
    auth: cognito_auth,
    providers: federated_providers,
    clients: oauth_clients,
    linked: cognito_linked_subs?.split(',').map(short).join(','),
  };
  return Object.entries(shown)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key} ${value}`)
    .join('  ');
}

function parseLog(line: string): LogLine | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as LogLine) : undefined;
  } catch {
    return undefined;
  }
}

function reasonOf({ reason, error, problem }: LogLine): string {
  const known = reason ?? problem ?? (error === undefined ? '' : JSON.stringify(error));
  return String(known);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function short(id: string): string {
  return id.slice(0, 8);
}
