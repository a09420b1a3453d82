import { html } from 'hono/html';
import type { Readiness } from './readiness.ts';

/** The readiness report as one HTML page. */
export function readinessToHtml(readiness: Readiness, options: { showEmails: boolean }): string {
  const verdict = readiness.inSync ? 'In sync' : 'NOT in sync';
  const shown = JSON.stringify(readiness, (key, value) =>
    !options.showEmails && /email|username/i.test(key) && typeof value === 'string'
      ? undefined
      : value,
  );
  return String(html`<!doctype html><title>${verdict}</title><pre>${shown}</pre>`);
}
