import { parentPort, workerData } from 'node:worker_threads';

/** What the sandbox is for; given once, when it starts. */
export type SandboxData = {
  /** file: URL of the bundle. */
  bundle: string;
  exportName: string;
  functionName: string;
  memoryMb: number;
  region: string;
};

export type SandboxRequest = { requestId: string; payload: string; deadline: number };

export type FunctionError = { errorType: string; errorMessage: string; trace: string[] };

/** The answer as JSON text, as it would cross the wire, or the error as Lambda words it. */
export type SandboxResponse = { payload: string } | { error: FunctionError };

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

const data: SandboxData = workerData;
// Loaded when the sandbox starts, as Lambda does; a failure is told to every invocation.
const loading = loadHandler();
loading.catch(() => {});

parentPort?.on('message', async (request: SandboxRequest) => {
  const response = await run(request);
  // What the function logged is read before its answer, as on Lambda.
  await Promise.all([process.stdout, process.stderr].map(flush));
  parentPort?.postMessage(response);
});

function flush(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}

async function loadHandler(): Promise<Handler> {
  const loaded = await import(data.bundle);
  const handler = loaded[data.exportName] ?? loaded.default?.[data.exportName];
  if (typeof handler === 'function') return handler;
  throw new Error(`${data.exportName} is undefined or not exported`);
}

async function run(request: SandboxRequest): Promise<SandboxResponse> {
  try {
    const handler = await loading;
    const answer = await handler(JSON.parse(request.payload), context(request));
    return { payload: JSON.stringify(answer ?? null) };
  } catch (error) {
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
    const trace = (stack ?? '').split('\n').map((line) => line.trim());
    return { error: { errorType: name, errorMessage: message, trace } };
  }
}

function context({ requestId, deadline }: SandboxRequest) {
  const { functionName, memoryMb, region } = data;
  return {
    awsRequestId: requestId,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:${region}:000000000000:function:${functionName}`,
    memoryLimitInMB: String(memoryMb),
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local/[$LATEST]',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}
