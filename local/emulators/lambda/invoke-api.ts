import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { LambdaFunctionError } from './sandboxes.ts';

/** Runs a function: JSON text in, JSON text out. Rejects with {@link LambdaFunctionError}. */
export type RunFunction = (functionName: string, payload: string) => Promise<string>;

/** Lambda's invoke API on 127.0.0.1, for `RequestResponse` and `Event` invocations. */
export async function serveInvokeApi(functions: ReadonlySet<string>, run: RunFunction) {
  const api = fastify({ bodyLimit: 6_000_000, forceCloseConnections: true });
  api.removeAllContentTypeParsers();
  api.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  api.post<{ Params: { name: string }; Body: string | undefined }>(
    '/2015-03-31/functions/:name/invocations',
    async (request, reply) => {
      const { name } = request.params;
      if (!functions.has(name)) {
        reply.code(404).header('x-amzn-errortype', 'ResourceNotFoundException');
        return { Type: 'User', Message: `Function not found: ${name}` };
      }
      const work = run(name, request.body || '{}');
      if (request.headers['x-amz-invocation-type'] === 'Event') {
        work.catch(() => {}); // no caller waits for the answer; `onInvoke` has reported it
        return reply.code(202).send();
      }
      reply.type('application/json').header('x-amz-executed-version', '$LATEST');
      try {
        return await work;
      } catch (error) {
        if (!(error instanceof LambdaFunctionError)) throw error;
        reply.header('x-amz-function-error', 'Unhandled');
        return JSON.stringify(error.detail);
      }
    },
  );
  await api.listen({ host: '127.0.0.1', port: 0 });
  const { port } = api.server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => api.close() };
}
