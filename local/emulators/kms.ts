import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { INJECTED_ANSWER } from './injected-answer.ts';
import { createKmsActions } from './kms/actions.ts';
import { createKeyStore, type EmulatedKey, type KeyOptions } from './kms/keys.ts';
import { KmsError, type KmsFault, type KmsRequest } from './kms/types.ts';

export type { EmulatedKey } from './kms/keys.ts';
export type { KmsFault } from './kms/types.ts';

/**
 * AWS KMS for keys that encrypt with RSA, over HTTP: Decrypt, GetPublicKey and DescribeKey
 * (https://docs.aws.amazon.com/kms/latest/APIReference/: each action's request, response and errors). The
 * cryptography is real. Signatures are not checked; any other action answers as an unknown one.
 */
export type KmsEmulator = {
  /** AWS_ENDPOINT_URL_KMS */
  endpoint: string;
  createKey(options?: KeyOptions): Promise<EmulatedKey>;
  /** Every request that arrived, those that a fault answered included. */
  requests: KmsRequest[];
  /** What the next requests get in place of an answer; undefined: their answer. */
  fault: KmsFault | undefined;
  close(): Promise<void>;
};

export async function startKms(
  place: { region?: string; account?: string } = {},
): Promise<KmsEmulator> {
  const keys = createKeyStore({ region: 'eu-central-1', account: '111122223333', ...place });
  const actions = createKmsActions(keys.find);
  const server = createServer((request, response) => void respond(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const emulator: KmsEmulator = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    createKey: keys.create,
    requests: [],
    fault: undefined,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return emulator;

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { action, input } = await parse(request);
    emulator.requests.push({ action, keyId: String(input.KeyId ?? '') });
    const { fault } = emulator;
    if (fault?.kind === 'down') return void request.socket.destroy();
    if (fault?.kind === 'slow') await sleep(fault.milliseconds, undefined, { ref: false });
    const { status, body } = answer(action, input);
    const text = JSON.stringify(body);
    const isTruncated = fault?.kind === 'truncated';
    response.writeHead(status, {
      'content-type': 'application/x-amz-json-1.1',
      ...(isTruncated && { [INJECTED_ANSWER]: 'fault' }),
    });
    response.end(isTruncated ? text.slice(0, -fault.characters) : text);
  }

  function answer(action: string, input: Record<string, unknown>) {
    try {
      const { fault } = emulator;
      if (fault?.kind === 'error') throw new KmsError(fault.name, fault.status ?? 400);
      const act = actions[action];
      if (!act) throw new KmsError('UnknownOperationException', 400);
      return { status: 200, body: act(input) };
    } catch (error) {
      const { name, status } =
        error instanceof KmsError ? error : new KmsError('KMSInternalException', 500);
      return { status, body: { __type: name, message: `the emulated KMS says ${name}` } };
    }
  }
}

async function parse(request: IncomingMessage) {
  let text = '';
  for await (const chunk of request) text += chunk;
  const action = String(request.headers['x-amz-target']).replace(/^TrentService\./, '');
  const input: Record<string, unknown> = JSON.parse(text || '{}');
  return { action, input };
}
