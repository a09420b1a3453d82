/** `arn:…:key/<id>` or `<id>` → the id: the `kid` of a key, by which a seal names it. */
export function toKid(keyId: string): string {
  return keyId.slice(keyId.lastIndexOf('/') + 1);
}
