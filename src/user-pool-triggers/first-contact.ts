import { classifyAwsError } from '../aws/classify-aws-error.ts';
import type { PoolAdministration } from './update-pool.ts';

/** IAM takes some seconds to spread a new role's policies (IAM user guide, eventual consistency). */
const TRIES = 6;
const PAUSE_MS = 3_000;

/** The same pool, but a refusal is not believed at once: the role may be seconds old. */
export function withFirstContact(
  pool: PoolAdministration,
  wait: (milliseconds: number) => Promise<void>,
): PoolAdministration {
  return {
    ...pool,
    async read() {
      for (let attempt = 1; ; attempt++) {
        try {
          return await pool.read();
        } catch (error) {
          if (classifyAwsError(error).kind !== 'denied' || attempt === TRIES) throw error;
          await wait(PAUSE_MS);
        }
      }
    },
  };
}
