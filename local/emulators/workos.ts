export { createOpenApiValidators } from './workos/openapi.ts';
export { type RateLimits, WORKOS_LIMITS } from './workos/rate-limits.ts';
export { startStrictWorkos } from './workos/server.ts';
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
} from './workos/types.ts';
