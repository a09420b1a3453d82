import * as v from 'valibot';
import { LOCAL_STAGE } from '../deployed.ts';
import type { LocalPeople } from '../people.ts';
import type { Commands } from './commands.ts';
import type { Teller } from './teller.ts';

/** What the developers of the application do. */
export type Passwords = {
  /** Puts the key that `cws password-key` prints into the application. */
  release(): Promise<void>;
};

const publishedSchema = v.object({
  jwk: v.object({ kty: v.string(), n: v.string(), e: v.string(), kid: v.string() }),
  keySpec: v.string(),
});

export function createPasswords(
  people: LocalPeople,
  teller: Pick<Teller, 'tell'>,
  commands: Commands,
): Passwords {
  return {
    async release() {
      const { result } = await commands.run('password-key', '--stage', LOCAL_STAGE);
      const { jwk, keySpec } = v.parse(publishedSchema, result);
      people.releaseWith(jwk);
      teller.tell('KMS', `${keySpec}, kid ${jwk.kid.slice(0, 8)}: the application has it now`);
    },
  };
}
