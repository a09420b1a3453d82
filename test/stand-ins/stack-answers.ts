import { readText, startLocalServer } from './local-server.ts';

export type StackAnswer = {
  Status: string;
  Reason?: string;
  PhysicalResourceId: string;
  StackId: string;
  RequestId: string;
  LogicalResourceId: string;
};

/**
 * The ResponseURL of a custom resource: it takes a PUT without a content type, as S3's presigned URL does,
 * of at most 4,096 bytes (CloudFormation user guide, custom resource request and response objects).
 */
export type StackAnswers = {
  url: string;
  answers: StackAnswer[];
  /** How many of the next answers are refused with 503. */
  refuse: number;
  close(): Promise<void>;
};

export async function startStackAnswers(): Promise<StackAnswers> {
  const { endpoint, close } = await startLocalServer(async (request, response) => {
    const text = await readText(request);
    const isSigned = request.method === 'PUT' && !request.headers['content-type'];
    if (!isSigned || Buffer.byteLength(text) > 4_096) return void response.writeHead(403).end();
    if (state.refuse > 0) {
      state.refuse -= 1;
      return void response.writeHead(503).end();
    }
    state.answers.push(JSON.parse(text));
    response.writeHead(200).end();
  });
  const state: StackAnswers = {
    url: `${endpoint}/answer?signature=of-the-stack`,
    answers: [],
    refuse: 0,
    close,
  };
  return state;
}
