import { createPatrolHandler } from '../src/patrol/patrol-handler.ts';

/** Repeated by the state machine SyncPatrol, see serverless/patrol.yml. */
export const handler = createPatrolHandler({ service: 'patrol', env: process.env });
