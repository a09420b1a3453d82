/** Requests allowed in any window; a limit left out does not apply. */
export interface RateLimits {
  readsPer10s?: number;
  writesPer10s?: number;
  requestsPer60s?: number;
  resetsPer60sPerEmail?: number;
  authenticationsPer60sPerEmail?: number;
  /** How long "10 s" last, in milliseconds; "60 s" are six times as long. Default 10,000. */
  windowMs?: number;
}

/** https://workos.com/docs/reference/rate-limits, for AuthKit. */
export const WORKOS_LIMITS = {
  readsPer10s: 1_000,
  writesPer10s: 500,
  requestsPer60s: 6_000,
  resetsPer60sPerEmail: 3,
  authenticationsPer60sPerEmail: 10,
} as const satisfies RateLimits;

export interface CountedRequest {
  write: boolean;
  /** Whom a password reset is for. */
  resetEmail?: string | undefined;
  /** Who signs in. */
  authenticationEmail?: string | undefined;
}

export interface RateLimiter {
  /**
   * Counts a request and returns 0, or, if it is one too many, leaves it uncounted and returns the
   * milliseconds until it would pass.
   */
  admit(now: number, request: CountedRequest): number;
}

/** Sliding windows: WorkOS does not say which kind it uses, and these allow no burst at a boundary. */
export function createRateLimiter(limits: RateLimits): RateLimiter {
  const { windowMs = 10_000 } = limits;
  const reads = createWindow(limits.readsPer10s, windowMs);
  const writes = createWindow(limits.writesPer10s, windowMs);
  const all = createWindow(limits.requestsPer60s, 6 * windowMs);
  const resets = windowsByEmail(limits.resetsPer60sPerEmail, 6 * windowMs);
  const authentications = windowsByEmail(limits.authenticationsPer60sPerEmail, 6 * windowMs);

  return {
    admit(now, { write, resetEmail, authenticationEmail }) {
      const windows = [all, write ? writes : reads];
      if (resetEmail !== undefined) windows.push(resets(resetEmail));
      if (authenticationEmail !== undefined) windows.push(authentications(authenticationEmail));
      const waitMs = Math.max(...windows.map((window) => window.waitMs(now)));
      if (waitMs > 0) return waitMs;
      for (const window of windows) window.add(now);
      return 0;
    },
  };
}

function windowsByEmail(limit: number | undefined, lengthMs: number): (email: string) => Window {
  const windows = new Map<string, Window>();
  return (email) => {
    const key = email.toLowerCase();
    const window = windows.get(key) ?? createWindow(limit, lengthMs);
    windows.set(key, window);
    return window;
  };
}

interface Window {
  waitMs(now: number): number;
  add(now: number): void;
}

/** A ring of the last `limit` admissions: the next may come `lengthMs` after the oldest of them. */
function createWindow(limit: number | undefined, lengthMs: number): Window {
  if (limit === undefined) return { waitMs: () => 0, add: () => undefined };
  const ring = new Float64Array(limit).fill(Number.NEGATIVE_INFINITY);
  let oldest = 0;
  return {
    waitMs: (now) => Math.max(0, (ring[oldest] ?? Number.POSITIVE_INFINITY) + lengthMs - now),
    add(now) {
      ring[oldest] = now;
      oldest = (oldest + 1) % limit;
    },
  };
}
