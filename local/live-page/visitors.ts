import { createHash } from 'node:crypto';
import { AdminDeleteUserCommand } from '@aws-sdk/client-cognito-identity-provider';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { listCognitoUsers } from '../emulators/cognito/list-users.ts';
import { toShownProfile } from '../events/shown.ts';
import type { LocalSystem } from '../local-system.ts';
import { type Attributes, createPeople } from '../people.ts';

/** What can be asked for on the page. */
const requestSchema = v.variant('action', [
  v.object({
    action: v.literal('sign-up'),
    email: v.pipe(v.string(), v.maxLength(320)),
    name: v.pipe(v.string(), v.maxLength(200)),
    through: v.picklist(['password', 'Google']),
  }),
  v.object({
    action: v.literal('sign-in'),
    sub: v.string(),
    name: v.pipe(v.string(), v.maxLength(200)),
  }),
  v.object({ action: v.picklist(['disable', 'enable', 'delete']), sub: v.string() }),
  v.object({ action: v.literal('unreadable-message') }),
]);
type VisitorRequest = v.InferOutput<typeof requestSchema>;
type Of<Action extends VisitorRequest['action']> = Extract<VisitorRequest, { action: Action }>;

/** `error`: the name that Cognito gives it. */
export type VisitorAnswer = { done: string } | { error: string; message: string };

/** Does what people ask for on the page, through the public API of the local Cognito. */
export type Visitors = {
  /** Never rejects. */
  act(request: unknown): Promise<VisitorAnswer>;
};

type VisitedSystem = Pick<
  LocalSystem,
  'cognito' | 'cognitoClient' | 'userPoolId' | 'clientId' | 'queue'
>;

export function createVisitors(system: VisitedSystem): Visitors {
  const people = createPeople(system);
  let messages = 0;

  async function signUp({ email, name, through }: Of<'sign-up'>): Promise<string> {
    if (through === 'Google') {
      await arriveThroughGoogle(toGoogleId(email), email, name);
      return `${email} came through Google.`;
    }
    await people.signUp(email, toNames(name));
    await people.confirm(email);
    return `${email} signed up and confirmed the address.`;
  }

  async function arriveThroughGoogle(userId: string, email: string, name: string): Promise<void> {
    await people.comeThroughGoogle({ userId, email, emailVerified: true, ...(name && { name }) });
  }

  async function signIn({ sub, name }: Of<'sign-in'>): Promise<string> {
    const { username, email, providers, status } = await find(sub);
    if (status === 'EXTERNAL_PROVIDER') {
      const [provider = '', userId = ''] = username.split(/_(.*)/s);
      if (provider !== 'Google') throw new Error(`${providers[0]} cannot be reached from here.`);
      await arriveThroughGoogle(userId, email, name);
      return `${email} came back through Google.`;
    }
    if (name) await people.change(username, toNames(name));
    await people.signIn(username);
    return `${email} signed in.`;
  }

  async function find(sub: string) {
    const users = await listCognitoUsers(system.cognitoClient, system.userPoolId);
    for (const { Username = '', UserStatus = '', Enabled = true, Attributes = [] } of users) {
      const attributes = Attributes.map(({ Name = '', Value = '' }) => ({ Name, Value }));
      const profile = toShownProfile({ UserStatus, Enabled, Attributes: attributes });
      if (profile.sub === sub) return { username: Username, ...profile };
    }
    throw new Error('There is no such profile any more.');
  }

  async function change({ action, sub }: Of<'disable' | 'enable' | 'delete'>): Promise<string> {
    const { username, email } = await find(sub);
    if (action === 'disable') await people.ban(username);
    if (action === 'enable') await people.unban(username);
    if (action === 'delete') {
      await system.cognitoClient.send(
        new AdminDeleteUserCommand({ UserPoolId: system.userPoolId, Username: username }),
      );
    }
    return `${email} was ${action}d.`;
  }

  async function sendUnreadable(): Promise<string> {
    messages++;
    await system.queue.client.send(
      new SendMessageCommand({
        QueueUrl: system.queue.queueUrl,
        MessageBody: 'not a message',
        MessageGroupId: `unreadable-${messages}`,
        MessageDeduplicationId: `unreadable-${messages}`,
      }),
    );
    return 'A message that the consumer cannot read is on the queue.';
  }

  function carryOut(request: VisitorRequest): Promise<string> {
    switch (request.action) {
      case 'sign-up':
        return signUp(request);
      case 'sign-in':
        return signIn(request);
      case 'unreadable-message':
        return sendUnreadable();
      default:
        return change(request);
    }
  }

  return {
    async act(body) {
      const parsed = v.safeParse(requestSchema, body);
      if (!parsed.success) return { error: 'BadRequest', message: v.summarize(parsed.issues) };
      try {
        return { done: await carryOut(parsed.output) };
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        return { error: error.name, message: error.message };
      }
    },
  };
}

/** At Google everybody has one id, which does not change with the name. */
function toGoogleId(email: string): string {
  const hash = createHash('sha256').update(email.toLowerCase()).digest('hex');
  return String(BigInt(`0x${hash.slice(0, 16)}`)).padStart(20, '0');
}

/** The first word is the given name, the rest the family name; one word is the name. */
function toNames(name: string): Attributes {
  const [given = '', ...rest] = name.trim().split(/\s+/);
  if (rest.length > 0) return { given_name: given, family_name: rest.join(' ') };
  return given ? { name: given } : {};
}
