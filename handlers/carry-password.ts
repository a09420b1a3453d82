import { createCarryPasswordHandler } from '../src/carry-password/carry-password-handler.ts';

/** Deployed only on request: see `carryPasswords` in serverless.yml. */
export const handler = createCarryPasswordHandler({ service: 'carry-password', env: process.env });
