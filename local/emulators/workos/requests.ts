/**
 * Something going wrong on the way. `afterApplying`: the request takes effect first and only its
 * answer is lost (default false: it never reaches WorkOS).
 */
export type Fault = (
  | { kind: 'status'; status: number; body?: unknown; headers?: Record<string, string> }
  /** The connection is reset without an answer. */
  | { kind: 'reset' }
  /** No answer until the stand-in closes or the client gives up. */
  | { kind: 'hang' }
  /** 200 with a body that is not JSON, though its content type says so. */
  | { kind: 'garbage' }
  /** A proxy's error page. */
  | { kind: 'html'; status: number }
) & { afterApplying?: boolean };

export interface ArrivingRequest {
  method: string;
  /** With the query string. */
  path: string;
  body: unknown;
  /** Position in `control.requests`; 0 again after `clear()`. */
  index: number;
}

export interface AnsweredRequest {
  method: string;
  /** With the query string. */
  path: string;
  status: number;
  /** A copy of the answer's. */
  body: unknown;
}

export interface RecordedRequest {
  method: string;
  /** With the query string. */
  path: string;
  /** As answered; 0 while unanswered, and for an answer that was never sent. */
  status: number;
  body: unknown;
  /** Arrival, in milliseconds of the stand-in's clock. */
  at: number;
}

/** A request the documented API does not have, or a body or query it does not allow. */
export interface SchemaViolation {
  method: string;
  path: string;
  body: unknown;
  errors: unknown;
}
