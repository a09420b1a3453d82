import { OperatorError } from '../operator-error.ts';
import type { KnownFact } from '../readiness/facts.ts';

/** A fact, or in one line why it could not be found out. Defects are thrown on. */
export async function toKnown<T>(find: () => Promise<T>): Promise<KnownFact<T>> {
  try {
    return { known: true, value: await find() };
  } catch (error) {
    if (error instanceof OperatorError) return { known: false, why: error.message };
    throw error;
  }
}
