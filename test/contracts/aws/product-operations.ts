import { globSync, readFileSync } from 'node:fs';

const ROOT = new URL('../../../', import.meta.url);

/** Of which packages the names differ from those that AWS signs with. */
const SIGNED_AS: Record<string, string> = {
  'cognito-identity-provider': 'cognito-idp',
  sfn: 'states',
  cloudwatch: 'monitoring',
};

/**
 * The AWS operations that some files send, read from their text: `new ListUsersCommand(`, the SDK's
 * `paginateListUsers`, and the path of Lambda's Invoke, which is sent without the SDK's client.
 *
 * @param patterns globs, from the root of the repository.
 * @returns `service:Operation`, sorted.
 */
export function operationsIn(patterns: string[]): string[] {
  const found = new Set<string>();
  for (const file of patterns.flatMap((pattern) => globSync(pattern, { cwd: ROOT }))) {
    const text = readFileSync(new URL(file, ROOT), 'utf8');
    const services = importedServices(text);
    for (const [, name = ''] of text.matchAll(/new (\w+)Command\b\s*\(/g)) {
      const service = services.get(`${name}Command`);
      if (service !== undefined) found.add(`${service}:${name}`);
    }
    for (const [, name = ''] of text.matchAll(/\bpaginate(\w+)\(/g)) {
      const service = services.get(`paginate${name}`);
      if (service !== undefined) found.add(`${service}:${name}`);
    }
    if (/path: `\/2015-03-31\/functions\/.*\/invocations`/.test(text)) found.add('lambda:Invoke');
  }
  return [...found].sort();
}

/** Imported names by the service whose client they come from, also from `await import(…)`. */
function importedServices(text: string): Map<string, string> {
  const services = new Map<string, string>();
  const imports = text.matchAll(
    /\{([^{}]*)\}\s*(?:from|= await import\(|= require\()\s*'@aws-sdk\/client-([\w-]+)'/g,
  );
  for (const [, names = '', client = ''] of imports) {
    for (const name of names.split(',')) {
      const imported = name.trim().replace(/^type /, '');
      services.set(imported, SIGNED_AS[client] ?? client);
    }
  }
  return services;
}

/** What the project sends: commands, functions, deployment, and the people of the local run. */
export const PRODUCT = ['{src,handlers,scripts,local}/**/*.ts', 'serverless/*.js'];
/** What tests, benchmarks and emulators send as well. */
export const OTHERS = ['{test,bench}/**/*.ts'];
