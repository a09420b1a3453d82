import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  GetUserPoolMfaConfigCommand,
  SetUserPoolMfaConfigCommand,
  UpdateUserPoolCommand,
  type UpdateUserPoolCommandInput,
} from '@aws-sdk/client-cognito-identity-provider';
import { classifyAwsError } from '../aws/classify-aws-error.ts';
import { type Json, toJson } from './pool-settings.ts';
import type { PoolAdministration } from './update-pool.ts';

/**
 * A user pool behind the SDK, read in the API's own words: answers are taken as they came over the wire,
 * because the SDK drops settings that it does not know, and what is not seen cannot be compared.
 *
 * @param signal once it has fired, nothing is sent any more: a function that Lambda has frozen must not go
 *   on writing when it is woken for something else.
 */
export function createPoolAdministration(
  client: CognitoIdentityProviderClient,
  userPoolId: string,
  signal?: AbortSignal,
): PoolAdministration {
  const UserPoolId = userPoolId;
  const sending = signal ? { abortSignal: signal } : {};
  return {
    async read() {
      const mfa = await readMfa();
      // Last: nearer to the update that may follow.
      const describe = new DescribeUserPoolCommand({ UserPoolId });
      const described = keepRawAnswer(describe);
      await client.send(describe, sending);
      const pool = toJson(described().UserPool);
      if (pool.Id === undefined) throw new Error('DescribeUserPool answered without a pool');
      return { pool, ...(mfa && { mfa }) };
    },
    async update(request) {
      // Read from the same API a moment ago: its types are the API's own.
      const input = { ...request, UserPoolId } as UpdateUserPoolCommandInput;
      const command = new UpdateUserPoolCommand(input);
      const sent = keepSentBody(command);
      await client.send(command, sending);
      return sent();
    },
    async updateAsIs(request) {
      const command = new UpdateUserPoolCommand({ UserPoolId });
      sendAsIs(command, request);
      await client.send(command, sending);
    },
    async setMfa(mfa) {
      const command = new SetUserPoolMfaConfigCommand({ UserPoolId });
      sendAsIs(command, { ...mfa, UserPoolId });
      await client.send(command, sending);
    },
  };

  async function readMfa(): Promise<Json | undefined> {
    const command = new GetUserPoolMfaConfigCommand({ UserPoolId });
    const answer = keepRawAnswer(command);
    try {
      await client.send(command, sending);
    } catch (error) {
      // An emulator; Cognito knows the operation.
      if (classifyAwsError(error).kind === 'unsupported') return undefined;
      throw error;
    }
    return answer();
  }
}

type Stack = DescribeUserPoolCommand['middlewareStack'];

/** The parsed body of this command's answer, once it has been sent. */
function keepRawAnswer(command: { middlewareStack: object }): () => Json {
  let answer: Json = {};
  const stack = command.middlewareStack as Stack;
  stack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { body?: Readable | Uint8Array };
      if (response.body !== undefined) {
        const { body } = response;
        const bytes = body instanceof Uint8Array ? body : await buffer(body);
        // The SDK reads what is left here, errors too.
        response.body = bytes;
        answer = toJson(parse(bytes));
      }
      return result;
    },
    // Nearer to the wire than the SDK's own deserializer.
    { step: 'deserialize', priority: 'low', name: 'keepRawAnswer' },
  );
  return () => answer;
}

/** The body of this command's request, once the SDK has made it. */
function keepSentBody(command: { middlewareStack: object }): () => Json {
  let sent: Json = {};
  const stack = command.middlewareStack as Stack;
  stack.add(
    (next) => (args) => {
      const { body } = args.request as { body?: string | Uint8Array };
      sent = toJson(parse(Buffer.from(body ?? '')));
      return next(args);
    },
    { step: 'serialize', priority: 'low', name: 'keepSentBody' },
  );
  return () => sent;
}

/** Replaces what the SDK has made of the input by these members, known to it or not. */
function sendAsIs(command: { middlewareStack: object }, body: Json): void {
  const stack = command.middlewareStack as Stack;
  stack.add(
    (next) => (args) => {
      const request = args.request as { body?: string };
      request.body = JSON.stringify(body);
      return next(args);
    },
    // After the SDK's serializer; before the length of the body is taken.
    { step: 'serialize', priority: 'low', name: 'sendAsIs' },
  );
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    // No answer of Cognito's: the SDK says what is wrong with it.
    return undefined;
  }
}
