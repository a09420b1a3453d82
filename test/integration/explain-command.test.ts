import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalQueue, startQueue } from '../../local/emulators/sqs.ts';
import { SourceError } from '../../src/cognito/user-source.ts';
import { createDeadLetter } from '../../src/consumer/dead-letter.ts';
import { createPoolLookup } from '../../src/explain/pool-lookup.ts';
import { CONFLICT_ADVICE } from '../../src/mirror/decide/conflicts.ts';
import { DECIDING_RULES } from '../../src/mirror/decide/deciding-rules.ts';
import { encodeMessage } from '../../src/user/message.ts';
import { readText } from '../docs/repository.ts';
import { observedToRecord } from '../fixtures/cognito-records.ts';
import { observedUser } from '../fixtures/factories.ts';
import { expectResult, readSchema } from '../fixtures/result-schema.ts';
import { sqsRecord } from '../fixtures/sqs-record.ts';
import { type PoolCommandSetting, startPoolCommand } from '../rigs/pool-command.ts';

const ADA = observedUser();
const HOSTILE = '"x\\"@example.com';

describe('cws explain', () => {
  let setting: PoolCommandSetting;
  let queue: LocalQueue;
  beforeAll(async () => {
    setting = await startPoolCommand('explain');
    queue = await startQueue();
    setting.cognito.control.put(observedToRecord(ADA));
    setting.cognito.control.put(
      observedToRecord(observedUser({ sub: 'hostile-1', email: HOSTILE, emailVerified: false })),
    );
  });
  afterAll(async () => {
    await setting.close();
    await queue.close();
  });

  it('shows the dead letters of the person without hiding them from others, and writes no name to stderr', async () => {
    const { client: sqs, deadLetterQueueUrl } = queue;
    const bury = createDeadLetter({ sqs, deadLetterQueueUrl });
    await bury(sqsRecord('1', ADA.sub, encodeMessage(ADA)), 'invalid_email');
    await bury(
      sqsRecord('2', 'somebody-else', encodeMessage(observedUser({ sub: 'somebody-else' }))),
      'invalid_metadata',
    );
    const ended = await setting.run(['--email', 'ADA@example.com'], {
      AWS_ENDPOINT_URL_SQS: queue.endpoint,
      AWS_REGION: 'us-east-1',
      SYNC_DLQ_URL: deadLetterQueueUrl,
    });
    expect(ended.code, ended.stderr).toBe(1);
    const [asked, question] = ended.stdout.split('\n');
    expect(asked).toMatch(/^You asked about: ADA@example\.com, on \d+ \w+ \d{4}, \d\d:\d\d UTC$/);
    expect(question).toMatch(
      /^Can this person sign in at WorkOS.* NOT YET, the account is not at WorkOS yet\.$/,
    );
    expect(ended.stdout).toContain('WorkOS refuses the address');
    expect(ended.stdout).not.toContain('invalid_metadata');
    expect(ended.stdout).toContain('Unknown: no table is known: give --stage');
    expect(ended.stderr).not.toMatch(/Ada|Lovelace|ada@/i);
    const receive = new ReceiveMessageCommand({ QueueUrl: deadLetterQueueUrl, WaitTimeSeconds: 0 });
    expect((await sqs.send(receive)).Messages).toHaveLength(1);
  });

  it('sends a hostile address as a value, and finds its profile alone', async () => {
    const ended = await setting.run(['--email', HOSTILE, '--json']);
    const result = expectResult('explain', ended);
    expect(result.explanations.items).toMatchObject([
      { sub: 'hostile-1', inShort: { situation: 'to_be_created' } },
    ]);
    expect(setting.cognito.control.requests.map(({ body }) => body)).toContainEqual(
      expect.objectContaining({ Filter: String.raw`email = "\"x\\\"@example.com"` }),
    );
  });

  it('says what it could not find out where WorkOS, the queue and the ledger cannot be asked', async () => {
    const ended = await setting.run(['--sub', ADA.sub, '--json'], {
      WORKOS_API_PORT: '9',
      SYNC_LEDGER_TABLE: 'no-such-table',
      SYNC_DLQ_URL: 'http://127.0.0.1:9/000000000000/dlq.fifo',
      AWS_REGION: 'us-east-1',
    });
    const [explanation] = expectResult('explain', ended).explanations.items;
    expect(explanation).toMatchObject({
      cognito: { email: ADA.email },
      workos: { known: false },
      forecast: null,
      ledger: { known: false },
      deadLetters: { known: false },
      inShort: { situation: 'workos_unknown', canSignIn: 'unknown', needsAction: true },
    });
    expect(ended.code).toBe(1);
  });

  it.each([
    ['--email', 'Ada Lovelace'],
    ['--sub', 'Ada Lovelace'],
  ])('does not repeat on stderr what was typed as %s', async (option, typed) => {
    const ended = await setting.run([option, typed]);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toMatch(new RegExp(`^error: ${option} has to .*\n$`));
    expect(ended.stderr).not.toContain('Ada');
  });

  it('does not take a Cognito that is busy for one that has no such user', async () => {
    const stop = new AbortController();
    const busy = Object.assign(new Error('slow down'), { name: 'TooManyRequestsException' });
    const lookup = createPoolLookup({
      client: new CognitoIdentityProviderClient({
        endpoint: setting.cognito.endpoint,
        region: 'eu-central-1',
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      }),
      userPoolId: setting.cognito.userPoolId,
      clock: () => new Date(),
      signal: stop.signal,
      request: async (action, send) => {
        if (action === 'AdminGetUser') throw new SourceError('busy', { cause: busy });
        return { kind: 'ok', value: await send(stop.signal) };
      },
    });
    await expect(lookup.byEmail('ada@example.com')).rejects.toThrow('busy');
  });

  it('ends with exit code 2 and one line without a person, and where Cognito may not be asked', async () => {
    const nobody = await setting.run([]);
    expect(nobody).toMatchObject({ code: 2, stdout: '' });
    expect(nobody.stderr).toBe('error: who is to be explained? Give --email or --sub\n');
    setting.cognito.control.denied.add('ListUsers');
    const denied = await setting.run(['--sub', ADA.sub]);
    expect(denied).toMatchObject({ code: 2, stdout: '' });
    expect(denied.stderr).toMatch(/\nerror: .*allow cognito-idp:ListUsers.*\n$/);
  });
});

describe('the texts of explain', () => {
  it('have an anchor in docs/design.md for every rule', () => {
    const headings = readText('docs/design.md').matchAll(/^#+ (.+)$/gm);
    const anchors = new Set(
      [...headings].map(([, title = '']) => title.toLowerCase().replaceAll(' ', '-')),
    );
    const missing = Object.values(DECIDING_RULES).filter(({ anchor }) => !anchors.has(anchor));
    expect(missing).toEqual([]);
  });

  it('have every rule and every conflict in the schema of the result', () => {
    expect(readSchema('explain')).toMatchObject({
      $defs: {
        rule: { enum: Object.keys(DECIDING_RULES) },
        conflict: { enum: Object.keys(CONFLICT_ADVICE) },
      },
    });
  });
});
