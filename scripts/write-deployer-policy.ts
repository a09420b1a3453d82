import { writeFile } from 'node:fs/promises';
import { deployerPolicy } from '../src/preflight/deployer-policy.ts';

/** Run it after a change of src/preflight/deployer-policy.ts, then `npm run format`. */
const POLICY = new URL('../docs/deployer-policy.json', import.meta.url);

await writeFile(POLICY, `${JSON.stringify(deployerPolicy(), null, 2)}\n`);
