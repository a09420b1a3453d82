import { createWatchHandler } from '../src/user-pool-triggers/watch-handler.ts';

/** Scheduled, see `triggerWatch` in serverless.yml. */
export const handler = createWatchHandler({ service: 'trigger-watch', env: process.env });
