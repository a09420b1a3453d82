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
  const files = patterns.flatMap((pattern) => globSync(pattern, { cwd: ROOT }));
  const found = files.flatMap((file) =>
    operationsInText(readFileSync(new URL(file, ROOT), 'utf8')),
  );
  return [...new Set(found)].sort();
}

/** Those that one module sends, or a bundle that leaves the packages out. */
export function operationsInText(text: string): string[] {
  const services = importedServices(text);
  const sent = [
    ...[...text.matchAll(/new (\w+)Command\b\s*\(/g)].map(([, name = '']) => [
      name,
      `${name}Command`,
    ]),
    ...[...text.matchAll(/\bpaginate(\w+)\(/g)].map(([, name = '']) => [name, `paginate${name}`]),
  ];
  const found = sent.flatMap(([name, imported = '']) => {
    const service = services.get(imported);
    return service === undefined ? [] : [`${service}:${name}`];
  });
  const invokes = /path: `\/2015-03-31\/functions\/.*\/invocations`/.test(text);
  return [...found, ...(invokes ? ['lambda:Invoke'] : [])];
}

/** Imported names by the service whose client they come from, also from `await import(…)`. */
function importedServices(text: string): Map<string, string> {
  const services = new Map<string, string>();
  const imports = text.matchAll(
    /\{([^{}]*)\}\s*(?:from|= await import\(|= require\()\s*['"]@aws-sdk\/client-([\w-]+)['"]/g,
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
