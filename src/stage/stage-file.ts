import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import * as v from 'valibot';
import { parseDocument } from 'yaml';
import { OperatorError } from '../operator-error.ts';
import { unknownName } from './nearest-name.ts';
import { isSettingName, SETTING_RULES, type SettingName, settingProblem } from './setting-rules.ts';

/** `config/<stage>.yml` is wrong. The message names the file and the setting, and says what to write. */
export class StageFileError extends OperatorError {
  override name = 'StageFileError';
}

/** The settings of one stage, each as the text that `--param` would give; only those the file names. */
export type StageSettings = { region?: string } & Partial<Record<SettingName, string>>;

export type StageFile = { stage: string; path: string; settings: StageSettings };

/** As in the names of the stack and of its functions. */
const STAGE = /^[a-zA-Z][a-zA-Z0-9-]{0,30}$/;
const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;

/** Where the file of a stage is, relative to the directory of serverless.yml. */
export function stageFilePath(stage: string): string {
  return join('config', `${stage}.yml`);
}

/**
 * Reads `config/<stage>.yml`: the names are those of the parameters of serverless.yml, and `region`.
 * `oauthClients` names a file, relative to config/, whose content becomes the setting.
 *
 * @param directory where serverless.yml is.
 * @returns undefined where there is no such file.
 * @throws StageFileError
 */
export function readStageFile(stage: string, directory: string): StageFile | undefined {
  if (!STAGE.test(stage)) {
    throw new StageFileError(
      `"${stage}" is not the name of a stage: letters, digits and hyphens, like dev or prod`,
    );
  }
  const path = stageFilePath(stage);
  const text = readText(join(directory, path), path);
  if (text === undefined) return undefined;
  return { stage, path, settings: textToSettings(text, path, dirname(join(directory, path))) };
}

const entriesSchema = v.nullable(
  v.record(v.string(), v.nullable(v.union([v.string(), v.number(), v.boolean()]))),
);

function textToSettings(text: string, path: string, directory: string): StageSettings {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) throw new StageFileError(`${path} is not YAML: ${error.message.split('\n')[0]}`);
  const json = documentToJson(document, path);
  // A list would pass as a record with the keys 0, 1, …
  const parsed = v.safeParse(entriesSchema, Array.isArray(json) ? undefined : json);
  if (!parsed.success) {
    const where = v.getDotPath(parsed.issues[0]);
    throw new StageFileError(
      `${path}: ${where ?? 'the file'} has to be ${where ? 'one value: a text, a number, true or false' : 'a list of names with values, like userPoolId: eu-central-1_Ab1Cd2Ef3'}`,
    );
  }
  const settings: StageSettings = {};
  for (const [name, value] of Object.entries(parsed.output ?? {})) {
    const setting = value === null ? '' : String(value);
    if (name === 'region') settings.region = checkRegion(setting, path);
    else if (isSettingName(name)) settings[name] = checkSetting(name, setting, { path, directory });
    else throw new StageFileError(`${path}: ${unknownName('setting', name, settingNames())}`);
  }
  return checkTogether(settings, path);
}

/** An alias (`*name`) is only followed here: it may name nothing, or unfold without end. */
function documentToJson(document: ReturnType<typeof parseDocument>, path: string): unknown {
  try {
    return document.toJS() ?? null;
  } catch (error) {
    throw new StageFileError(
      `${path} is not YAML: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function settingNames(): string[] {
  return ['region', ...Object.keys(SETTING_RULES)];
}

function checkRegion(value: string, path: string): string {
  if (REGION.test(value)) return value;
  throw new StageFileError(`${path}: region has to be an AWS region, like eu-central-1`);
}

function checkSetting(
  name: SettingName,
  written: string,
  { path, directory }: { path: string; directory: string },
): string {
  const isFile = name === 'oauthClients' && written !== '' && !written.trimStart().startsWith('{');
  const value = isFile ? readSettingFile(written, path, directory) : written;
  const problem = settingProblem(name, value);
  if (problem === undefined) return value;
  const where = isFile ? `${name} (${written})` : name;
  throw new StageFileError(`${path}: ${where} ${problem}`);
}

function readSettingFile(written: string, path: string, directory: string): string {
  const text = readText(resolve(directory, written), written);
  if (text !== undefined) return text.trim();
  throw new StageFileError(
    `${path}: oauthClients names ${written}, and there is no such file in ${dirname(path)}/: cws oauth-clients --write makes it`,
  );
}

/** The id of a pool begins with its region. */
function checkTogether(settings: StageSettings, path: string): StageSettings {
  const { region, userPoolId } = settings;
  if (region !== undefined && userPoolId && !userPoolId.startsWith(`${region}_`)) {
    throw new StageFileError(
      `${path}: the user pool ${userPoolId} is not in the region ${region}: the id of a pool begins with its region`,
    );
  }
  return settings;
}

function readText(file: string, name: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    const why = error instanceof Error ? error.message : String(error);
    throw new StageFileError(`${name} cannot be read (${why})`);
  }
}
