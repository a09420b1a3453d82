import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { isCollection, isScalar, type Node, parseDocument, Scalar, visit } from 'yaml';

/** One function as serverless.yml declares it. */
export type FunctionConfig = {
  name: string;
  /** Absolute path of the module, without its extension. */
  modulePath: string;
  exportName: string;
  timeoutMs: number;
  memoryMb: number;
  /** The variables that have a value before a deployment. */
  environment: Record<string, string>;
  /** Its SQS event source, if it has one. */
  eventSource?: EventSourceConfig;
};

export type EventSourceConfig = {
  batchSize: number;
  maximumConcurrency: number;
  reportBatchItemFailures: boolean;
};

/** `eventPattern`: of the rule that collects changes of the user pool. */
export type ServerlessConfig = {
  directory: string;
  functions: FunctionConfig[];
  esbuild: BuildOptions;
  /** The queue that has a redrive policy. */
  queue: { visibilityTimeoutSeconds: number; maxReceiveCount: number };
  eventPattern: unknown;
};

type Yaml = Record<string, unknown>;

/** The options of serverless-esbuild that are esbuild's; the rest is about packaging. */
const ESBUILD_OPTIONS =
  'bundle minify format platform target external define mainFields conditions treeShaking keepNames banner footer legalComments charset loader inject packages supported drop sourcemap'.split(
    ' ',
  );

/**
 * Reads the real serverless.yml and its resource files: whatever the local run needs of them. Functions that only
 * a parameter deploys are among the functions.
 * Parameters get their default; what only a deployment knows (`!Ref`, other variables) counts as not
 * given, and a number that is not given gets the Serverless Framework's or AWS's default.
 */
export async function readServerlessConfig(file: string): Promise<ServerlessConfig> {
  const directory = dirname(resolve(file));
  const parsed = await readYaml(file);
  const parameters = record(record(parsed.params).default);
  const root = record(withParameters(parsed, parameters));
  const provider = record(root.provider);
  const included = list(root.resources).flatMap(
    (entry) => /^\$\{file\((.+)\)\}$/.exec(String(entry))?.[1] ?? [],
  );
  const readAll = (paths: string[]) =>
    Promise.all(paths.map((path) => readYaml(resolve(directory, path))));
  const files = await readAll(included);
  const optional = await readAll(list(root.functions).flatMap(optionalFile));
  const resources = [root.resources, ...list(root.resources), ...files].flatMap((entry) =>
    Object.values(record(record(entry).Resources)),
  );
  return {
    directory,
    functions: [root.functions, ...list(root.functions), ...optional.map(deployedFunctions)]
      .flatMap((entry) => Object.entries(record(entry)))
      .map(([name, value]) => functionConfig(name, record(value), provider, directory)),
    esbuild: esbuildOptions(record(record(root.custom).esbuild)),
    queue: queueConfig(resources.map(record)),
    eventPattern: optional.map(eventPatternIn).find((pattern) => pattern !== undefined),
  };
}

/** The file of functions that a parameter deploys, as `post-authentication.yml`. */
function optionalFile(entry: unknown): string[] {
  return /^\$\{file\((.+?)\):\$\{[\w:.]+\}\.functions, null\}$/.exec(String(entry))?.slice(1) ?? [];
}

/** Of all values of the parameter. */
function deployedFunctions(file: Yaml): unknown {
  return Object.assign({}, ...Object.values(file).map((each) => record(each).functions));
}

function eventPatternIn(file: Yaml): unknown {
  const { Resources } = record(record(file.true).resources);
  return Object.values(record(Resources))
    .map(record)
    .filter(({ Type }) => Type === 'AWS::Events::Rule')
    .map(({ Properties }) => record(Properties).EventPattern)
    .find((pattern) => pattern !== undefined);
}

async function readYaml(file: string): Promise<Yaml> {
  const document = parseDocument(await readFile(file, 'utf8'), { logLevel: 'error' });
  const [error] = document.errors;
  if (error) throw new Error(`${file} is not valid YAML: ${error.message}`);
  visit(document, {
    Node: (_key, node) => (/^![^!]/.test(node.tag ?? '') ? notGiven(node) : undefined),
  });
  return record(document.toJS());
}

/** Aliases of the node go on working. */
function notGiven(node: Node): Scalar {
  const scalar = new Scalar(null);
  if ((isScalar(node) || isCollection(node)) && node.anchor !== undefined) {
    scalar.anchor = node.anchor;
  }
  return scalar;
}

function withParameters(value: unknown, parameters: Yaml): unknown {
  if (Array.isArray(value)) return value.map((each) => withParameters(each, parameters));
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([k, v]) => [k, withParameters(v, parameters)]);
    return Object.fromEntries(entries);
  }
  const name = /^\$\{param:(\w+)\}$/.exec(String(value))?.[1];
  return name === undefined ? value : parameters[name];
}

function functionConfig(name: string, value: Yaml, provider: Yaml, root: string): FunctionConfig {
  const [, module, exportName] = /^(.+)\.(\w+)$/.exec(String(value.handler)) ?? [];
  if (!module || !exportName) throw new Error(`serverless.yml: ${name} has no handler`);
  const sqs = list(value.events).find((event) => record(event).sqs !== undefined);
  return {
    name,
    modulePath: resolve(root, module),
    exportName,
    timeoutMs: number(value.timeout ?? provider.timeout, 6) * 1000,
    memoryMb: number(value.memorySize ?? provider.memorySize, 1024),
    environment: plainValues({ ...record(provider.environment), ...record(value.environment) }),
    ...(sqs !== undefined && { eventSource: eventSourceConfig(record(record(sqs).sqs)) }),
  };
}

function eventSourceConfig(sqs: Yaml): EventSourceConfig {
  return {
    batchSize: number(sqs.batchSize, 10),
    maximumConcurrency: number(sqs.maximumConcurrency, 5),
    reportBatchItemFailures: sqs.functionResponseType === 'ReportBatchItemFailures',
  };
}

function esbuildOptions(options: Yaml): BuildOptions {
  const known = Object.entries(options).filter(([key]) => ESBUILD_OPTIONS.includes(key));
  return Object.fromEntries(known) as BuildOptions;
}

function queueConfig(resources: Yaml[]): ServerlessConfig['queue'] {
  const queue = resources
    .filter((resource) => resource.Type === 'AWS::SQS::Queue')
    .map((resource) => record(resource.Properties))
    .find((properties) => properties.RedrivePolicy !== undefined);
  return {
    visibilityTimeoutSeconds: number(queue?.VisibilityTimeout, 30),
    maxReceiveCount: number(record(queue?.RedrivePolicy).maxReceiveCount, 1000),
  };
}

function plainValues(variables: Yaml): Record<string, string> {
  const plain = Object.entries(variables).filter(
    ([, value]) =>
      (typeof value === 'string' && value !== '' && !value.includes('${')) ||
      typeof value === 'number',
  );
  return Object.fromEntries(plain.map(([name, value]) => [name, String(value)]));
}

function record(value: unknown): Yaml {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isRecord ? (value as Yaml) : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function number(value: unknown, fallback: number): number {
  return typeof value === 'number' ? value : fallback;
}
