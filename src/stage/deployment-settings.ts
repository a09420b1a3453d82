import { TRIGGERS } from '../config/pool-triggers.ts';
import { OperatorError } from '../operator-error.ts';
import { leftOutText } from '../user-pool-triggers/triggers.ts';
import { unknownName } from './nearest-name.ts';
import { isSettingName, SETTING_RULES, type SettingName, settingProblem } from './setting-rules.ts';
import { readStageFile, type StageFile, stageFilePath } from './stage-file.ts';

/** The deployment is refused before anything is uploaded; the message says what to write. */
export class DeploymentSettingsError extends OperatorError {
  override name = 'DeploymentSettingsError';
}

/** `--param forget=alarmTopicArn,smsRoleArn`: settings that the operator takes away on purpose. */
const FORGET = 'forget';

export type DeploymentSettings = {
  stage: string;
  /** Where the settings of the stage are, whether there is such a file or not. */
  path: string;
  /** Every setting that the file or a `--param` names. */
  given: Partial<Record<SettingName, string>>;
  region?: string;
  forgotten: ReadonlySet<SettingName>;
};

/**
 * What the operator has asked for: the stage's file, and `--param` before it.
 *
 * @param parameters as `--param` has them: `name=value`.
 * @throws DeploymentSettingsError or StageFileError for an unknown name or a value that cannot be.
 */
export function readDeploymentSettings(options: {
  stage: string;
  directory: string;
  parameters: readonly string[];
}): DeploymentSettings {
  const { stage, directory, parameters } = options;
  const file: StageFile | undefined = readStageFile(stage, directory);
  const { region, ...fromFile } = file?.settings ?? {};
  const given: DeploymentSettings['given'] = { ...fromFile };
  const forgotten = new Set<SettingName>();
  for (const parameter of parameters) {
    const { name, value } = split(parameter);
    if (name === FORGET) for (const each of value.split(',')) forgotten.add(toSetting(each.trim()));
    else given[toSetting(name)] = checked(toSetting(name), value);
  }
  const { userPoolId } = fromFile;
  if (userPoolId && given.userPoolId !== userPoolId) {
    throw new DeploymentSettingsError(
      `--param userPoolId=${given.userPoolId} is not the pool of the stage ${stage}: ${stageFilePath(stage)} names ${userPoolId}`,
    );
  }
  return {
    stage,
    path: stageFilePath(stage),
    given,
    forgotten,
    ...(region !== undefined && { region }),
  };
}

/**
 * The framework leaves out a word of the command line that no option takes, without a word.
 *
 * @param words of the command line: `['deploy', 'patrol=off']`.
 * @throws DeploymentSettingsError for a setting without its `--param`.
 */
export function refuseStrayParameter(words: readonly string[]): void {
  const ignored = words.find((word, n) => {
    const [name = '', value] = word.split('=');
    return value !== undefined && isSettingName(name) && words[n - 1] !== '--param';
  });
  if (ignored === undefined) return;
  throw new DeploymentSettingsError(`${ignored} would be ignored: give it as --param ${ignored}`);
}

function split(parameter: string): { name: string; value: string } {
  const equals = parameter.indexOf('=');
  if (equals > 0) {
    return { name: parameter.slice(0, equals), value: parameter.slice(equals + 1).trimEnd() };
  }
  throw new DeploymentSettingsError(`--param ${parameter}: give it as --param name=value`);
}

function toSetting(name: string): SettingName {
  if (isSettingName(name)) return name;
  throw new DeploymentSettingsError(
    `--param ${unknownName('parameter', name, Object.keys(SETTING_RULES))}`,
  );
}

function checked(name: SettingName, value: string): string {
  const problem = settingProblem(name, value);
  if (problem === undefined) return value;
  throw new DeploymentSettingsError(`--param ${name} ${problem}`);
}

/**
 * A deployment gives every setting that is named nowhere its default: what the deployed stack has beyond that
 * would be taken away without a word.
 *
 * @param deployed the settings of the deployed stack.
 * @param next the settings that this deployment would have.
 * @throws DeploymentSettingsError that names each such setting, with its value.
 */
export function refuseSilentLoss(
  settings: DeploymentSettings,
  deployed: Partial<Record<SettingName, string>>,
  next: Partial<Record<SettingName, string>>,
): void {
  const { given, forgotten, path } = settings;
  const lost = names(deployed).filter((name) => !(name in given) && deployed[name] !== next[name]);
  const chained = lost.flatMap((name) => chainedFunctionText(name, deployed[name]));
  const forgettable = lost.filter((name) => chainedFunctionText(name, deployed[name]).length === 0);
  const open = forgettable.filter((name) => !forgotten.has(name));
  if (chained.length + open.length === 0) return;
  const lines = open.map(
    (name) => `  ${name}: ${deployed[name]}  (would become ${next[name] || 'empty'})`,
  );
  throw new DeploymentSettingsError(
    [
      `The deployed stack has settings that neither ${path} nor --param names, and this deployment would take them away:`,
      ...lines,
      ...chained.map((text) => `  ${text}`),
      `To keep a setting, write its line into ${path}, or give it with --param${open.length > 0 ? `; to take it away, deploy once with --param ${FORGET}=${open.join(',')}` : ''}`,
    ].join('\n'),
  );
}

/** A chained function cannot be forgotten: the operator has to say what becomes of its trigger. */
function chainedFunctionText(name: SettingName, deployed = ''): string[] {
  const trigger = TRIGGERS.find((each) => name === `chain${each}`);
  return trigger && deployed.startsWith('arn:') ? [leftOutText(trigger, deployed)] : [];
}

function names(settings: Partial<Record<SettingName, string>>): SettingName[] {
  return Object.keys(settings).filter(isSettingName);
}
