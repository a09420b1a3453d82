import { readText, startLocalServer } from './local-server.ts';

/** SSM's GetParameter and no other action (Systems Manager API reference: request, response, errors). */
export type ParameterStore = {
  /** AWS_ENDPOINT_URL_SSM */
  endpoint: string;
  parameters: Map<string, string>;
  /** The name of each request, in order of arrival. */
  reads: string[];
  close(): Promise<void>;
};

export async function startParameterStore(
  parameters: Record<string, string>,
): Promise<ParameterStore> {
  const store = new Map(Object.entries(parameters));
  const reads: string[] = [];
  const { endpoint, close } = await startLocalServer(async (request, response) => {
    const { Name, WithDecryption } = JSON.parse(await readText(request));
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
  return { endpoint, parameters: store, reads, close };
}
