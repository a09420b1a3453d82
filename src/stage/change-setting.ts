import { parseDocument } from 'yaml';
import type { SettingName } from './setting-rules.ts';

/**
 * The text of `config/<stage>.yml` with one setting changed, its comments and its order kept.
 *
 * @param text YAML, as readStageFile has accepted it.
 * @param value undefined: the setting is taken out.
 */
export function changeSetting(text: string, name: SettingName, value: string | undefined): string {
  const document = parseDocument(text);
  if (value === undefined) document.delete(name);
  else document.set(name, value);
  return document.toString();
}
