/** A password hash as a PHC string, decoded. */
export interface PhcString {
  id: string;
  version: string | undefined;
  parameters: ReadonlyMap<string, string>;
  salt: Buffer;
  hash: Buffer;
}

const PHC = /^\$([a-z0-9-]+)(?:\$v=(\d+))?\$([a-z]+=[^$]+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/**
 * Undefined for everything else. Salt and hash are base64 without its `=`
 * (https://github.com/P-H-C/phc-string-format, and WorkOS's guide, "Importing passwords").
 */
export function parsePhc(text: string): PhcString | undefined {
  const [, id, version, list, salt, hash] = PHC.exec(text) ?? [];
  if (id === undefined || list === undefined || salt === undefined || hash === undefined) {
    return undefined;
  }
  const parameters = new Map<string, string>();
  for (const pair of list.split(',')) {
    const [name = '', value = ''] = pair.split('=', 2);
    parameters.set(name, value);
  }
  return { id, version, parameters, salt: base64(salt), hash: base64(hash) };
}

/** A parameter's whole number; NaN where it is missing or no number. */
export function numberIn({ parameters }: PhcString, name: string): number {
  const value = parameters.get(name) ?? '';
  return /^\d+$/.test(value) ? Number(value) : Number.NaN;
}

function base64(text: string): Buffer {
  return Buffer.from(text, 'base64');
}
