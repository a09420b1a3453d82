import { mkdtemp, rm, symlink } from 'node:fs/promises';
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
      functions.map(({ name, modulePath }) =>
        build({
          ...DEFAULTS,
          ...config.esbuild,
          entryPoints: [modulePath],
          outfile: fileOf(name),
          absWorkingDir: config.directory,
          logLevel: 'silent',
        }),
      ),
    );
  } catch (error) {
    await remove();
    throw error;
  }
  return { urlOf: (name) => pathToFileURL(fileOf(name)).href, remove };
}
