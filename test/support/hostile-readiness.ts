import type { Readiness } from '../../src/cutover/readiness.ts';
import { notReady } from './readiness.ts';

/** What people, providers and other systems may have written to break the page: name and text. */
export const HOSTILE: [string, string][] = [
  ['a script', '<script>alert(1)</script>'],
  ['an image out of an attribute', '"><img src=x onerror=alert(2)>'],
  ['an event handler', "' onmouseover='alert(3)"],
  ['a URL', 'javascript:alert(4)'],
  ['the end of a style sheet', '</style><style>body{display:none}</style>'],
  ['the end of a title', '</title><svg onload=alert(5)>'],
  ['the end of a comment', '--><iframe src="https://attacker.invalid/">'],
  ['a base', '<base href="https://attacker.invalid/">'],
  ['a refresh', '<meta http-equiv="refresh" content="0;url=https://attacker.invalid/">'],
  ['a template', '{{constructor.constructor("alert(6)")()}}<%= alert(7) %>'],
  ['references', '&lt;script&gt;&#60;b&#62;'],
  ['bidi controls', '\u202e\u2066gnitrevni\u200b\u0000'],
  ['a pile of marks', `a${'\u0301'.repeat(400)}`],
  ["a prototype's name", '__proto__'],
  ['a long word', `W${'i'.repeat(20_000)}de`],
];

/** A report of which every text is the given one. */
export function hostileReadiness(text: string): Readiness {
  const finding = { sub: text, email: `${text}@example.com`, username: text };
  const counts = Object.fromEntries([[text, 3]]);
  const one = <Row>(example: Row) => ({ count: 3, examples: [example] });
  return notReady({
    generatedAt: text,
    userPoolId: text,
    userPoolName: text,
    workos: text,
    kinds: { password: 1, federated: counts, federatedOnly: 1, passwordAndFederated: 1 },
    skipped: counts,
    missing: one(finding),
    stale: { ...one({ ...finding, workosUserId: text, fields: [text] }), fields: counts },
    conflicts: {
      ...one({
        ...finding,
        reason: 'unverified_email',
        workosUserId: text,
        workosEmail: text,
        holderExternalId: text,
      }),
      reasons: { unverified_email: 3 },
    },
    extra: one({ workosUserId: text, externalId: text, email: text }),
    accepted: one({ sub: text, workosUserId: text, reason: text, note: text }),
    withoutUsableEmail: one({ ...finding, reason: text }),
    mfa: {
      lookedAt: 1,
      notLookedAt: 1,
      why: text,
      methods: counts,
      enrolled: one({ ...finding, methods: [text] }),
    },
    triggers: { known: true, value: [{ trigger: text, attached: false, detail: text }] },
    queues: { known: false, why: text },
  });
}
