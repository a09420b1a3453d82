import { argon2, pbkdf2, randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { hashPassword } from '../src/passwords/hash-password.ts';
import { PlainPassword } from '../src/passwords/plain-password.ts';

/** Makes hashes of one kind, which `password-hash.ts` names, and tells how long and how much memory it took. */
export type HashReport = { wallMs: number[]; cpuMs: number; maxRssKb: number };

const PASSWORD = 'correct horse battery staple';
const salt = () => randomBytes(16);

/** By name; all but ours are what else WorkOS takes and Node makes. */
const MAKERS: Record<string, () => Promise<unknown>> = {
  ours: () => hashPassword(new PlainPassword(PASSWORD)),
  'pbkdf2, sha512, 210,000': () => promisify(pbkdf2)(PASSWORD, salt(), 210_000, 64, 'sha512'),
  "scrypt of the guide's example": () =>
    new Promise((resolve, reject) =>
      scrypt(PASSWORD, salt(), 64, { N: 16_384, r: 8, p: 1 }, (error, hash) =>
        error ? reject(error) : resolve(hash),
      ),
    ),
  'argon2id, 19 MiB, t=2': () =>
    promisify(argon2)('argon2id', {
      message: PASSWORD,
      nonce: salt(),
      parallelism: 1,
      tagLength: 32,
      memory: 19_456,
      passes: 2,
    }),
};

const [name = '', hashes = '0', atOnce = '1'] = process.argv.slice(2);
const make = MAKERS[name];
if (!make) throw new Error(`there is no hash "${name}"`);
await make();
// The time of the process before this is not of interest: the parent may bound its share of the CPU from here.
process.send?.('ready');
await new Promise((resolve) => process.once('message', resolve));
const before = process.cpuUsage();
const wallMs: number[] = [];
for (let made = 0; made < Number(hashes); made += Number(atOnce)) {
  const start = performance.now();
  await Promise.all(Array.from({ length: Number(atOnce) }, make));
  wallMs.push(performance.now() - start);
}
const { user, system } = process.cpuUsage(before);
const report: HashReport = {
  wallMs,
  cpuMs: (user + system) / 1000 / Number(hashes),
  maxRssKb: process.resourceUsage().maxRSS,
};
process.send?.(report);
process.disconnect();
