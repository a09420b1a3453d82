import { createCanaryHandler } from '../src/canary/canary-handler.ts';

export const handler = createCanaryHandler({ service: 'canary', env: process.env });
