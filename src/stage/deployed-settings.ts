import * as v from 'valibot';
import { isSettingName, type SettingName } from './setting-rules.ts';

/** Under this key of the template's Metadata a deployment notes its settings. None of them is a secret. */
export const METADATA_KEY = 'CognitoWorkosSync';

const templateSchema = v.object({
  Metadata: v.optional(v.record(v.string(), v.unknown())),
  Parameters: v.optional(v.record(v.string(), v.object({ Default: v.optional(v.unknown()) }))),
});
const noteSchema = v.object({ settings: v.record(v.string(), v.string()) });

/**
 * A stack's template → the settings it was deployed with: those it notes, and for a stack of before that, the
 * defaults of its parameters, which a deployment fills in.
 *
 * @param body as CloudFormation's GetTemplate gives it: JSON.
 */
export function templateToSettings(body: string): Partial<Record<SettingName, string>> {
  const parsed = v.safeParse(templateSchema, parseJson(body));
  if (!parsed.success) return {};
  const { Metadata = {}, Parameters = {} } = parsed.output;
  const note = v.safeParse(noteSchema, Metadata[METADATA_KEY]);
  if (note.success) return onlySettings(Object.entries(note.output.settings));
  return onlySettings(
    Object.entries(Parameters).map(([name, { Default }]) => [
      `${name.charAt(0).toLowerCase()}${name.slice(1)}`,
      String(Default ?? ''),
    ]),
  );
}

function onlySettings(entries: [string, string][]): Partial<Record<SettingName, string>> {
  const settings: Partial<Record<SettingName, string>> = {};
  for (const [name, value] of entries) if (isSettingName(name)) settings[name] = value;
  return settings;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
