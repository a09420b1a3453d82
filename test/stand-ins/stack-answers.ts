import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type StackAnswer = {
  Status: string;
  Reason?: string;
  PhysicalResourceId: string;
  StackId: string;
  RequestId: string;
  LogicalResourceId: string;
};

/**
 * The place where CloudFormation waits for the answer of a custom resource: a URL that takes a PUT
 * without a content type, as S3's presigned one does (CloudFormation, custom resource reference).
 */
export type StackAnswers = {
  url: string;
  answers: StackAnswer[];
  /** How many of the next answers are refused with 503. */
  refuse: number;
  close(): Promise<void>;
};

export async function startStackAnswers(): Promise<StackAnswers> {
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const isSigned = request.method === 'PUT' && !request.headers['content-type'];
    if (!isSigned || Buffer.byteLength(text) > 4_096) return void response.writeHead(403).end();
    if (state.refuse > 0) {
      state.refuse -= 1;
      return void response.writeHead(503).end();
    }
    state.answers.push(JSON.parse(text));
    response.writeHead(200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const state: StackAnswers = {
    url: `http://127.0.0.1:${port}/answer?signature=of-the-stack`,
    answers: [],
    refuse: 0,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return state;
}
