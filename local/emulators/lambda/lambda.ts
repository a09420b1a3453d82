import { fileURLToPath } from 'node:url';
import { type Bundles, bundleFunctions } from './bundle.ts';
import { serveInvokeApi } from './invoke-api.ts';
import { createSandboxes, type LambdaFunctionError } from './sandboxes.ts';
import {
  type FunctionConfig,
  readServerlessConfig,
  type ServerlessConfig,
} from './serverless-config.ts';

export type Invocation = { functionName: string; event: unknown };

export type LocalLambdaOptions = {
  /** The variables of each function. Only the functions named here are bundled and served. */
  env: Record<string, Record<string, string>>;
  /** A line a function wrote to its stdout or stderr. */
  onLog?: ((functionName: string, line: string) => void) | undefined;
  /** Before each invocation. */
  onInvoke?: ((invocation: Invocation) => void) | undefined;
  /** After an invocation that threw, timed out or died. */
  onError?: ((invocation: Invocation, error: LambdaFunctionError) => void) | undefined;
  region?: string;
  /** Default: the project's own serverless.yml. */
  serverlessFile?: string;
  /** What is in that file, where it has been read already. */
  config?: ServerlessConfig;
};

export type LocalLambda = {
  /** The endpoint of the invoke API. */
  url: string;
  /**
   * Invokes without HTTP; the event crosses as JSON all the same. Rejects with
   * {@link LambdaFunctionError} when the function throws, times out or dies.
   */
  invoke(functionName: string, event: unknown): Promise<unknown>;
  /** Ends a sandbox in the middle of an invocation; false: none is running. */
  kill(functionName: string): Promise<boolean>;
  /** Waits for what is running, then ends the sandboxes and removes the bundles. */
  close(): Promise<void>;
};

/** The project's own serverless.yml. */
export const SERVERLESS_FILE = fileURLToPath(new URL('../../../serverless.yml', import.meta.url));

/**
 * A Lambda on this machine: the functions of serverless.yml, each bundled alone with the project's own
 * esbuild options and run in sandboxes of its own, behind Lambda's invoke API.
 */
export async function startLambda(options: LocalLambdaOptions): Promise<LocalLambda> {
  const config =
    options.config ?? (await readServerlessConfig(options.serverlessFile ?? SERVERLESS_FILE));
  const functions = Object.keys(options.env).map((name) => {
    const found = config.functions.find((each) => each.name === name);
    if (!found) throw new Error(`serverless.yml has no function ${name}`);
    return found;
  });
  const bundles = await bundleFunctions(functions, config);
  const sandboxes = new Map(
    functions.map((each) => [each.name, startSandboxes(each, bundles, options)]),
  );
  const running = new Set<Promise<unknown>>();

  function run(functionName: string, payload: string): Promise<string> {
    const target = sandboxes.get(functionName);
    if (!target) return Promise.reject(new Error(`there is no function ${functionName}`));
    const invocation = { functionName, event: JSON.parse(payload) };
    options.onInvoke?.(invocation);
    const work = target.invoke(payload);
    const done = work
      .then(
        () => {},
        (error) => options.onError?.(invocation, error),
      )
      .finally(() => running.delete(done));
    running.add(done);
    return work;
  }

  const api = await serveInvokeApi(new Set(sandboxes.keys()), run);
  return {
    url: api.url,
    invoke: async (name, event) => JSON.parse(await run(name, JSON.stringify(event))),
    kill: async (name) => (await sandboxes.get(name)?.killBusy()) ?? false,
    async close() {
      await Promise.all(running);
      await api.close();
      await Promise.all([...sandboxes.values()].map((each) => each.close()));
      await bundles.remove();
    },
  };
}

function startSandboxes(each: FunctionConfig, bundles: Bundles, options: LocalLambdaOptions) {
  const { env, onLog, region = 'us-east-1' } = options;
  return createSandboxes({
    bundle: bundles.urlOf(each.name),
    functionName: each.name,
    exportName: each.exportName,
    memoryMb: each.memoryMb,
    timeoutMs: each.timeoutMs,
    region,
    env: { ...each.environment, ...runtimeEnvironment(each, region), ...env[each.name] },
    onLog: (line) => onLog?.(each.name, line),
  });
}

/** The variables the Lambda runtime itself sets. */
function runtimeEnvironment(each: FunctionConfig, region: string): Record<string, string> {
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_LAMBDA_FUNCTION_NAME: each.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(each.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${each.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local/[$LATEST]',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    TZ: ':UTC',
  };
}
