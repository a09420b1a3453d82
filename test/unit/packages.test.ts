import { globSync, readFileSync } from 'node:fs';
import { builtinModules, stripTypeScriptTypes } from 'node:module';
import { expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };

const ROOT = new URL('../../', import.meta.url);
/** What runs where only `dependencies` are installed: `npm ci --omit=dev`, and the bundles of the functions. */
const SHIPPED = globSync('{bin,scripts,src,handlers}/**/*.{ts,js}', { cwd: ROOT });

/** The packages that a file imports when it runs: types are gone by then. */
function importedPackages(file: string): string[] {
  const source = readFileSync(new URL(file, ROOT), 'utf8');
  const code = file.endsWith('.ts') ? stripTypeScriptTypes(source) : source;
  const names = code.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'(@?[a-z][\w./:-]*)'/g);
  return [...names].flatMap(([, name = '']) =>
    name.startsWith('node:') || builtinModules.includes(name)
      ? []
      : [
          name
            .split('/')
            .slice(0, name.startsWith('@') ? 2 : 1)
            .join('/'),
        ],
  );
}

it('every package that a command or a function imports is in dependencies, not in devDependencies', () => {
  const imported = new Set(SHIPPED.flatMap(importedPackages));
  expect(imported).toContain('commander');
  const missing = [...imported].filter((name) => !Object.hasOwn(packageJson.dependencies, name));
  expect(missing).toEqual([]);
});

it('the Node that runs the commands is in dependencies, at the version that Lambda has', () => {
  expect(packageJson.dependencies.node).toMatch(/^24\./);
  expect(readFileSync(new URL('serverless.yml', ROOT), 'utf8')).toMatch(/runtime: nodejs24\.x/);
});
