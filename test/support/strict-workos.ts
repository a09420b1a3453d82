export { createOpenApiValidators } from './strict-workos/openapi.ts';
export { type RateLimits, WORKOS_LIMITS } from './strict-workos/rate-limits.ts';
export { startStrictWorkos } from './strict-workos/server.ts';
export type {
  ArrivingRequest,
  Fault,
  RecordedRequest,
  RecordedReset,
  SchemaViolation,
  StrictIdentity,
  StrictUser,
  StrictWorkos,
  StrictWorkosControl,
  StrictWorkosOptions,
} from './strict-workos/types.ts';
