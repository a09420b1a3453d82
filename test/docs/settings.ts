import * as v from 'valibot';
import { parseDocument } from 'yaml';
import type { Page } from './page.ts';
import { listFiles, readText } from './repository.ts';

/** Names that the code gives to variables, and that are AWS's, npm's or the machine's own. */
const NOT_OURS =
  /^(AWS_|POWERTOOLS_|NODE_|npm_|PATH$|HOME$|TMPDIR$|NO_COLOR$|FORCE_COLOR$|TERM$|CI$)/;
/** The source of a function that a test deploys as another team's. */
const FOREIGN = 'test/deploy/support/foreign-function.ts';

const READ = [
  /\b(?:process\.)?env\.([A-Z][A-Z0-9_]+)/g,
  /['"`]((?:SYNC|WORKOS|OAUTH|TRUSTED)_[A-Z][A-Z0-9_]+)['"`]/g,
];
const SET = /^\s+((?:SYNC|WORKOS|OAUTH|TRUSTED)_[A-Z0-9_]+):/gm;

/** Environment variables that are read by functions, commands, tests and measurements. */
export function readVariables(): Set<string> {
  const sources = listFiles(/^(src|scripts|bin|handlers|serverless|bench|test)\/.*\.(ts|js|mjs)$/);
  const names = sources
    .filter((path) => !path.startsWith('test/docs/') && path !== FOREIGN)
    .flatMap((path) => READ.flatMap((pattern) => matches(readText(path), pattern)));
  const set = listFiles(/^serverless.*\.yml$/).flatMap((path) => matches(readText(path), SET));
  return new Set([...names, ...set].filter((name) => !NOT_OURS.test(name)));
}

const configSchema = v.object({
  params: v.object({ default: v.record(v.string(), v.unknown()) }),
});

/** What `--param name=value` can set: the defaults of serverless.yml. */
export function readParameters(): Set<string> {
  const document = parseDocument(readText('serverless.yml'), { logLevel: 'silent' });
  return new Set(Object.keys(v.parse(configSchema, document.toJS()).params.default));
}

/** The endings of the alarms' names, after `<service>-<stage>-`. */
export function readAlarms(): Set<string> {
  const name = /AlarmName: \$\{self:service\}-\$\{sls:stage\}-(\S+)/g;
  return new Set(
    listFiles(/^serverless\/.*\.yml$/).flatMap((path) => matches(readText(path), name)),
  );
}

/** The metrics of the project: those that are counted, and those that alarms and dashboard show. */
export function readMetrics(): Set<string> {
  const [file] = listFiles(/^src\/telemetry\/telemetry\.ts$/);
  const telemetry = readText(file ?? '');
  const counted = matches(telemetry, /^ {2}\| '([A-Z]\w+)'/gm);
  return new Set([...counted, ...matches(telemetry, /addMetric\('(\w+)'/g)]);
}

/** The code spans in the first column of the tables under a heading. */
export function firstColumn(page: Page, heading: string): Set<string> {
  const rows = page.rows.filter((row) => row.heading === heading);
  return new Set(rows.flatMap(({ cells }) => cells[0] ?? []));
}

export function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].flatMap(([, name]) => name ?? []);
}
