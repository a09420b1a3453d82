import { once } from 'node:events';
import { createServer } from 'node:http';

/** A server of somebody else's, told of by the paths that are asked for. */
export async function listen(
  onVisit: (path: string) => void,
): Promise<AsyncDisposable & { origin: string }> {
  const server = createServer((request, response) => {
    onVisit(request.url ?? '');
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    origin: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
