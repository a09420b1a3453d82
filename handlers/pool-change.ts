import { createChangeHandler } from '../src/pool-changes/change-handler.ts';

/** Deployed only on request: see `observeChanges` in serverless.yml. */
export const handler = createChangeHandler({ service: 'pool-change', env: process.env });
