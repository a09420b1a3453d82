import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import type { FunctionError, SandboxData, SandboxResponse } from './sandbox-worker.ts';

export type SandboxOptions = SandboxData & {
  timeoutMs: number;
  env: Record<string, string>;
  onLog: (line: string) => void;
};

/** A function threw, timed out or died: what the invoke API reports as `X-Amz-Function-Error`. */
export class LambdaFunctionError extends Error {
  override name = 'LambdaFunctionError';
  readonly detail: FunctionError;
  constructor(detail: FunctionError) {
    super(`${detail.errorType}: ${detail.errorMessage}`);
    this.detail = detail;
  }
}

type Sandbox = { worker: Worker; send(payload: string): Promise<SandboxResponse> };

/**
 * The sandboxes of one function. As on Lambda, each has its own memory and environment and serves one
 * invocation at a time; a busy one means that another is started, and a timeout ends the sandbox.
 */
export function createSandboxes(options: SandboxOptions) {
  const living = new Set<Sandbox>();
  const idle: Sandbox[] = [start()];

  function start(): Sandbox {
    const worker = startWorker(options);
    const sandbox = { worker, send: (payload: string) => send(worker, payload, options.timeoutMs) };
    living.add(sandbox);
    worker.once('exit', () => living.delete(sandbox));
    return sandbox;
  }

  function take(): Sandbox {
    for (let sandbox = idle.pop(); sandbox; sandbox = idle.pop()) {
      if (living.has(sandbox)) return sandbox;
    }
    return start();
  }

  return {
    /** JSON text in, JSON text out. Rejects with {@link LambdaFunctionError}. */
    async invoke(payload: string): Promise<string> {
      const sandbox = take();
      let response: SandboxResponse;
      try {
        response = await sandbox.send(payload);
      } catch (error) {
        await sandbox.worker.terminate();
        throw error;
      }
      idle.push(sandbox);
      if ('error' in response) throw new LambdaFunctionError(response.error);
      return response.payload;
    },
    /** Ends one that serves an invocation, in the middle of it, as when its machine dies. */
    async killBusy(): Promise<boolean> {
      const busy = [...living].find((sandbox) => !idle.includes(sandbox));
      await busy?.worker.terminate();
      return busy !== undefined;
    },
    async close(): Promise<void> {
      await Promise.all([...living].map(({ worker }) => worker.terminate()));
    },
  };
}

function startWorker({ env, onLog, timeoutMs: _, ...workerData }: SandboxOptions): Worker {
  const worker = new Worker(new URL('./sandbox-worker.ts', import.meta.url), {
    workerData,
    env,
    stdout: true,
    stderr: true,
    execArgv: [],
  });
  for (const stream of [worker.stdout, worker.stderr]) {
    createInterface({ input: stream }).on('line', onLog);
  }
  worker.on('error', (error) => onLog(`the sandbox died: ${error}`));
  return worker;
}

function send(worker: Worker, payload: string, timeoutMs: number): Promise<SandboxResponse> {
  const requestId = randomUUID();
  const { promise, resolve, reject } = Promise.withResolvers<SandboxResponse>();
  const fail = (errorType: string, problem: string) =>
    reject(
      new LambdaFunctionError({ errorType, errorMessage: `${requestId} ${problem}`, trace: [] }),
    );
  const seconds = (timeoutMs / 1000).toFixed(2);
  const timer = setTimeout(
    () => fail('Sandbox.Timedout', `Task timed out after ${seconds} seconds`),
    timeoutMs,
  );
  const died = () => fail('Runtime.ExitError', 'Runtime exited');
  worker.once('message', resolve).once('exit', died);
  worker.postMessage({ requestId, payload, deadline: Date.now() + timeoutMs });
  return promise.finally(() => {
    clearTimeout(timer);
    worker.off('message', resolve).off('exit', died);
  });
}
