import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An SSM that knows one action, GetParameter (API reference: request, response, errors). */
export type ParameterStore = {
  /** AWS_ENDPOINT_URL_SSM */
  endpoint: string;
  parameters: Map<string, string>;
  /** How often each name was asked for, with decryption. */
  reads: string[];
  close(): Promise<void>;
};

export async function startParameterStore(
  parameters: Record<string, string>,
): Promise<ParameterStore> {
  const store = new Map(Object.entries(parameters));
  const reads: string[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const { Name, WithDecryption } = JSON.parse(text);
    const value = WithDecryption ? store.get(Name) : 'encrypted';
    reads.push(Name);
    response.writeHead(value === undefined ? 400 : 200, {
      'content-type': 'application/x-amz-json-1.1',
    });
    const body =
      value === undefined
        ? { __type: 'ParameterNotFound' }
        : { Parameter: { Name, Type: 'SecureString', Value: value, Version: 1 } };
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    parameters: store,
    reads,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
