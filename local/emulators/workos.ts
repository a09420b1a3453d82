export type {
  PasswordHashType,
  StrictAuthFactor,
  StrictIdentity,
  StrictSession,
  StrictUser,
} from './workos/api-types.ts';
export type {
  AccountControl,
  Registration,
  StrictWorkosControl,
} from './workos/control-types.ts';
export { createOpenApiValidators } from './workos/openapi.ts';
export type { RecordedReset } from './workos/password-reset.ts';
export type { StrictPassword } from './workos/passwords.ts';
export { type RateLimits, WORKOS_LIMITS } from './workos/rate-limits.ts';
export type {
  AnsweredRequest,
  ArrivingRequest,
  Fault,
  RecordedRequest,
  SchemaViolation,
} from './workos/requests.ts';
export { startStrictWorkos } from './workos/server.ts';
export type { StrictWorkos, StrictWorkosOptions } from './workos/types.ts';
