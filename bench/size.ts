import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { type BenchBundles, type BundleName, COMPARED, FUNCTIONS } from './bundles.ts';

/** Bytes of a bundle: minified, and compressed by gzip (a zip adds a few hundred). */
export type BundleSize = { minified: number; zipped: number };

export type SizeComparison = { name: string; ours: BundleSize; bare: BundleSize };

/** The sizes of each function and of its bare handler. */
export async function measureSizes(bundles: BenchBundles): Promise<SizeComparison[]> {
  const sizeOf = async (name: BundleName): Promise<BundleSize> => {
    const file = await readFile(bundles.fileOf(name));
    return { minified: file.length, zipped: gzipSync(file, { level: 9 }).length };
  };
  return Promise.all(
    FUNCTIONS.map(async (name) => {
      const [ours, bare] = await Promise.all([sizeOf(name), sizeOf(COMPARED[name])]);
      return { name, ours, bare };
    }),
  );
}
