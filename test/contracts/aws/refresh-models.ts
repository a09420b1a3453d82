import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Member, MODELS, type Operation, type ServiceModel, type Shape } from './models.ts';
import { OTHERS, operationsIn, PRODUCT } from './product-operations.ts';

/*
 * `npm run contract-models` adds the operations that the source sends by now to test/contracts/models/, from botocore's
 * description of AWS's APIs; with `-- service:Operation…` others as well. The version of botocore stays what it is
 * unless `-- --newest` is given.
 */

/** The services by the name that AWS signs with, and their folder in botocore. */
const FOLDERS: Record<string, string> = {
  states: 'stepfunctions',
  monitoring: 'cloudwatch',
};

/** What is for people to read. */
const TEXT = ['documentation', 'deprecatedMessage', 'deprecatedSince'];

type Model = {
  metadata: { protocol: string; protocols: string[]; targetPrefix?: string };
  operations: Record<string, Operation>;
  shapes: Record<string, Shape>;
};

const directory = mkdtempSync(join(tmpdir(), 'contract-models-'));
try {
  refresh(directory);
} finally {
  rmSync(directory, { recursive: true, force: true });
}

function refresh(directory: string): void {
  const python = (...args: string[]) =>
    execFileSync(process.env.PYTHON ?? 'python3', args, { cwd: directory, stdio: 'inherit' });
  const named = process.argv.slice(2).filter((each) => each !== '--newest');
  const kept = readModels();
  const pinned = process.argv.includes('--newest') ? undefined : kept.version;
  const requirement = pinned === undefined ? 'botocore' : `botocore==${pinned}`;
  python('-m', 'pip', 'download', '--quiet', '--no-deps', requirement);
  const [wheel = ''] = readdirSync(directory);
  python('-m', 'zipfile', '-e', wheel, '.');
  const version = /^botocore-([\d.]+)-/.exec(wheel)?.[1] ?? '';
  for (const file of ['LICENSE.txt', 'NOTICE']) {
    copyFileSync(join(directory, `botocore-${version}.dist-info`, file), join(MODELS, file));
  }

  const wanted = new Set([...operationsIn([...PRODUCT, ...OTHERS]), ...kept.operations, ...named]);
  const services = Map.groupBy([...wanted].sort(), (each) => each.split(':')[0] ?? '');
  for (const [service, operations] of services) {
    const folder = join(directory, 'botocore/data', FOLDERS[service] ?? service);
    const apiVersion = readdirSync(folder).sort().at(-1) ?? '';
    const packed = readFileSync(join(folder, apiVersion, 'service-2.json.gz'));
    const model: Model = JSON.parse(gunzipSync(packed).toString());
    const source = `botocore ${version}, ${FOLDERS[service] ?? service}/${apiVersion}, cut down`;
    const names = operations.map((each) => each.split(':')[1] ?? '');
    writeFileSync(`${MODELS}${service}.json`, toText(cutDown(model, source, names)));
    process.stdout.write(`${service}: ${names.length} operations\n`);
  }
}

/** What the models have now: it stays in them. */
function readModels(): { version: string | undefined; operations: string[] } {
  const files = readdirSync(MODELS).filter((file) => file.endsWith('.json'));
  const models = files.map((file): [string, ServiceModel] => [
    file.replace('.json', ''),
    JSON.parse(readFileSync(join(MODELS, file), 'utf8')),
  ]);
  return {
    version: /^botocore ([\d.]+),/.exec(models[0]?.[1].source ?? '')?.[1],
    operations: models.flatMap(([service, { operations }]) =>
      Object.keys(operations).map((name) => `${service}:${name}`),
    ),
  };
}

function cutDown({ metadata, operations, shapes }: Model, source: string, names: string[]) {
  const needed = new Map<string, Shape>();
  const add = ({ shape: name }: Member): void => {
    const shape = shapes[name];
    if (!shape) throw new Error(`${source} lacks the shape ${name}`);
    if (needed.has(name)) return;
    needed.set(name, withoutText(shape));
    for (const each of [shape.member, shape.key, shape.value]) if (each) add(each);
    for (const each of Object.values(shape.members ?? {})) add(each);
  };
  const used = names.map((name): [string, Operation] => {
    const { http, input, output, errors } = operations[name] ?? {};
    if (!http) throw new Error(`${source} lacks the operation ${name}`);
    for (const each of [input, output, ...(errors ?? [])]) if (each) add(each);
    return [
      name,
      withoutText({
        http,
        ...(input && { input }),
        ...(output && { output }),
        ...(errors && { errors }),
      }),
    ];
  });
  return {
    source,
    // Of CloudWatch's three, the one that the SDK for JavaScript speaks.
    protocol: metadata.protocols.find((each) => ['json', 'query', 'rest-json'].includes(each)),
    ...(metadata.targetPrefix && { targetPrefix: metadata.targetPrefix }),
    operations: Object.fromEntries(used),
    shapes: Object.fromEntries([...needed].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function withoutText<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, (key, each) =>
      TEXT.includes(key) && typeof each === 'string' ? undefined : each,
    ),
  );
}

/** One operation and one shape a line, so that a change of AWS's is a change of a line. */
function toText({ operations, shapes, ...head }: ReturnType<typeof cutDown>): string {
  const lines = (entries: object) =>
    Object.entries(entries)
      .map(([name, each]) => `    ${JSON.stringify(name)}: ${JSON.stringify(each)}`)
      .join(',\n');
  const first = Object.entries(head).map(
    ([name, each]) => `  ${JSON.stringify(name)}: ${JSON.stringify(each)},\n`,
  );
  return `{\n${first.join('')}  "operations": {\n${lines(operations)}\n  },\n  "shapes": {\n${lines(shapes)}\n  }\n}\n`;
}
