import { createDecipheriv } from 'node:crypto';
import type { FindSub } from '../cognito/find-sub.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import { judgeContent } from './judge-content.ts';
import { toKid } from './key-id.ts';
import { type OpenedSeal, unusable } from './opened-seal.ts';
import { type ParsedSeal, parseSeal } from './parse-seal.ts';
import type { PasswordKeys } from './password-keys.ts';
import { PlainPassword } from './plain-password.ts';

/**
 * Opens a sealed password that came with an observation.
 *
 * @throws PasswordKeyUnavailableError where KMS cannot be asked now, and what FindSub throws. Whatever the seal
 *   is, it causes no error itself.
 */
export type OpenSeal = (seal: string, user: ObservedUser) => Promise<OpenedSeal>;

export type OpenSealDependencies = {
  /** The stage's keys, the current one and earlier ones: key ids or ARNs. */
  keyIds: readonly string[];
  keys: PasswordKeys;
  /** Asks Cognito whose name it is. */
  findSub: FindSub;
};

/**
 * Makes an OpenSeal. What costs nothing comes first: KMS is asked only for a well-formed seal of one of the
 * keys, Cognito only for one that is open and young enough.
 */
export function createOpenSeal({ keyIds, keys, findSub }: OpenSealDependencies): OpenSeal {
  /** By the id that stands in `kid`. */
  const known = new Map(keyIds.map((keyId) => [toKid(keyId), keyId]));

  return async (seal, user) => {
    const parsed = parseSeal(seal);
    if (parsed.kind === 'unusable') return parsed;
    const keyId = known.get(parsed.kid);
    if (keyId === undefined) return unusable('foreign_key');
    const contentKey = await keys.decrypt(keyId, parsed.encryptedKey);
    if (contentKey === undefined) return unusable('broken');
    const content = decryptContent(parsed, contentKey);
    if (content === undefined) return unusable('broken');
    const judged = judgeContent(parseJson(content), user);
    content.fill(0);
    if (judged.kind === 'unusable') return judged;
    if (judged.kind === 'ask' && (await findSub(judged.username, user.userPoolId)) !== user.sub) {
      return unusable('other_user');
    }
    return { kind: 'opened', password: new PlainPassword(judged.password) };
  };
}

/** @returns undefined unless key, header, content and tag belong together. */
function decryptContent(seal: ParsedSeal, contentKey: Uint8Array): Buffer | undefined {
  const { protectedHeader, iv, ciphertext, tag } = seal;
  try {
    const decipher = createDecipheriv('aes-256-gcm', contentKey, iv);
    decipher.setAAD(Buffer.from(protectedHeader, 'ascii'));
    decipher.setAuthTag(tag);
    const content = decipher.update(ciphertext);
    try {
      decipher.final();
      return content;
    } catch {
      content.fill(0);
      return undefined;
    }
  } catch {
    // A content key that is not 32 bytes long.
    return undefined;
  } finally {
    contentKey.fill(0);
  }
}

function parseJson(content: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
  } catch {
    // No UTF-8, or no JSON: the engine's error would quote the text.
    return undefined;
  }
}
