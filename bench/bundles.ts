import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleFunctions } from '../local/emulators/lambda/bundle.ts';
import { SERVERLESS_FILE } from '../local/emulators/lambda/lambda.ts';
import { readServerlessConfig } from '../local/emulators/lambda/serverless-config.ts';

/** The functions that are measured, by their names in serverless.yml. */
export const TRIGGERS = ['postConfirmation', 'preAuthentication'] as const;
export const FUNCTIONS = [...TRIGGERS, 'consumer'] as const;

export type TriggerFunction = (typeof TRIGGERS)[number];
type FunctionName = (typeof FUNCTIONS)[number];
export type BundleName = FunctionName | 'bareTrigger' | 'bareConsumer' | 'bareSender';

/** The functions, each with the bare handler that it is compared with. */
export const COMPARED = {
  postConfirmation: 'bareTrigger',
  preAuthentication: 'bareTrigger',
  consumer: 'bareConsumer',
} as const satisfies Record<FunctionName, BundleName>;

/** The bundled files; `remove` deletes them. */
export type BenchBundles = { fileOf(name: BundleName): string; remove(): Promise<void> };

const BARE = { bareTrigger: 'trigger', bareConsumer: 'consumer', bareSender: 'sender' };

/** Bundles each function and each bare handler on its own, as serverless.yml deploys them. */
export async function bundleAll(): Promise<BenchBundles> {
  const config = await readServerlessConfig(SERVERLESS_FILE);
  const functions = FUNCTIONS.map((name) => {
    const found = config.functions.find((each) => each.name === name);
    if (!found) throw new Error(`serverless.yml has no function ${name}`);
    return found;
  });
  const bare = Object.entries(BARE).map(([name, module]) => ({
    name,
    modulePath: join(import.meta.dirname, 'bare', module),
    exportName: 'handler',
    timeoutMs: 0,
    memoryMb: 0,
    environment: {},
  }));
  const { urlOf, remove } = await bundleFunctions([...functions, ...bare], config);
  return { fileOf: (name) => fileURLToPath(urlOf(name)), remove };
}
