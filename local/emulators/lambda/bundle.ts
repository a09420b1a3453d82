import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import type { FunctionConfig, ServerlessConfig } from './serverless-config.ts';

export type Bundles = {
  /** The file: URL of a function's bundle. */
  urlOf(functionName: string): string;
  remove(): Promise<void>;
};

const DEFAULTS = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
} as const satisfies BuildOptions;

/** By function and options: within a process the sources stay as they are, and tests start many systems. */
const built = new Map<string, Promise<Uint8Array>>();

/**
 * Bundles each function alone, with the project's own esbuild options, into a temporary directory.
 * Rejects with esbuild's message when one does not build.
 */
export async function bundleFunctions(
  functions: readonly FunctionConfig[],
  config: ServerlessConfig,
): Promise<Bundles> {
  const directory = await mkdtemp(join(tmpdir(), 'cognito-workos-sync-'));
  const extension = config.esbuild.format === 'esm' ? 'mjs' : 'cjs';
  const fileOf = (name: string) => join(directory, `${name}.${extension}`);
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    // What a bundle leaves out is found beside it, as on Lambda.
    await symlink(
      join(config.directory, 'node_modules'),
      join(directory, 'node_modules'),
      'junction',
    );
    await Promise.all(
      functions.map(async ({ name, modulePath }) =>
        writeFile(fileOf(name), await buildOnce(modulePath, config)),
      ),
    );
  } catch (error) {
    await remove();
    throw error;
  }
  return { urlOf: (name) => pathToFileURL(fileOf(name)).href, remove };
}

function buildOnce(modulePath: string, { esbuild, directory }: ServerlessConfig) {
  const key = JSON.stringify([modulePath, directory, esbuild]);
  const building =
    built.get(key) ?? buildText(modulePath, { ...esbuild, absWorkingDir: directory });
  built.set(key, building);
  building.catch(() => built.delete(key));
  return building;
}

async function buildText(modulePath: string, options: BuildOptions): Promise<Uint8Array> {
  const { outputFiles = [] } = await build({
    ...DEFAULTS,
    ...options,
    entryPoints: [modulePath],
    logLevel: 'silent',
    write: false,
  });
  const [file] = outputFiles;
  if (!file) throw new Error(`esbuild has made nothing of ${modulePath}`);
  return file.contents;
}
