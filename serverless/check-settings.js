import { CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { METADATA_KEY, templateToSettings } from '../src/stage/deployed-settings.ts';
import {
  readDeploymentSettings,
  refuseSilentLoss,
  refuseStrayParameter,
} from '../src/stage/deployment-settings.ts';
import { refuseEarlyCanaryAlarm, refuseEarlyPatrolAlarm } from '../src/stage/early-alarm.ts';
import { SETTING_RULES } from '../src/stage/setting-rules.ts';
import { readStageFile } from '../src/stage/stage-file.ts';

/**
 * Checks the settings of a deployment before anything is uploaded: names and values of `config/<stage>.yml` and
 * of `--param`, and what the deployed stack has that neither of them names.
 */
export default class CheckSettings {
  constructor(serverless, options, { log }) {
    this.serverless = serverless;
    this.options = options;
    this.log = log;
    this.hooks = {
      initialize: () => this.check(),
      'before:deploy:deploy': () => this.compareWithStack(),
      'before:package:finalize': () => this.note(),
    };
  }

  check() {
    const command = this.serverless.processedInput.commands.join(' ');
    this.explaining(() => refuseStrayParameter(process.argv));
    if (command === 'remove') return this.checkRegion();
    const provider = this.serverless.getProvider('aws');
    this.settings = this.explaining(() => {
      const settings = readDeploymentSettings({
        stage: provider.getStage(),
        directory: this.serverless.serviceDir,
        parameters: this.options.param ?? [],
      });
      const region = provider.getRegion();
      const { userPoolId } = settings.given;
      // Without a stage, `package` shows the template alone.
      const needsPool = command === 'deploy' || (command === 'package' && this.options.stage);
      if (!userPoolId && needsPool) {
        const stage = provider.getStage();
        throw new Error(
          `Which user pool? Nothing names the one of the stage ${stage}: write userPoolId: into ${settings.path} (npx cws init --stage ${stage} does), or give --param userPoolId=<id>`,
        );
      }
      if (userPoolId && !userPoolId.startsWith(`${region}_`)) {
        throw new Error(
          `The user pool ${userPoolId} is not in the region ${region}: a pool's id begins with its region. Deploy with --region ${userPoolId.split('_')[0]}, or write region: into ${settings.path}`,
        );
      }
      return settings;
    });
    this.explaining(() => refuseEarlyPatrolAlarm(this.nextSettings()));
    this.explaining(() => refuseEarlyCanaryAlarm(this.nextSettings()));
  }

  /**
   * `remove` has to work whatever the file says; but of a file that cannot be read the region is not known, and in
   * the default one a stack of the same name may be another deployment.
   */
  checkRegion() {
    if (this.options.region || process.env.AWS_REGION || this.options.param) return;
    const stage = this.serverless.getProvider('aws').getStage();
    this.explaining(() => {
      try {
        readStageFile(stage, this.serverless.serviceDir);
      } catch (error) {
        throw new Error(`${error.message}. Without it the region is not known: give --region`);
      }
    });
  }

  async compareWithStack() {
    const provider = this.serverless.getProvider('aws');
    const deployed = await this.deployedTemplate(provider);
    if (deployed === undefined) return;
    this.explaining(() =>
      refuseSilentLoss(this.settings, templateToSettings(deployed), this.nextSettings()),
    );
  }

  async deployedTemplate(provider) {
    const StackName = provider.naming.getStackName();
    try {
      const client = new CloudFormationClient(await provider.getAwsSdkV3Config());
      const { TemplateBody } = await client.send(
        new GetTemplateCommand({ StackName, TemplateStage: 'Original' }),
      );
      return TemplateBody;
    } catch (error) {
      // No such stack yet: ValidationError.
      if (error.name !== 'ValidationError') {
        this.log.warning(
          `Whether this deployment takes settings away from the deployed stack could not be checked (${error.name}): allow cloudformation:GetTemplate`,
        );
      }
      return undefined;
    }
  }

  /** The template notes every setting, so that the next deployment knows them. */
  note() {
    const template = this.serverless.service.provider.compiledCloudFormationTemplate;
    template.Metadata = {
      ...template.Metadata,
      [METADATA_KEY]: { settings: this.nextSettings() },
    };
  }

  nextSettings() {
    const { default: defaults } = this.serverless.configurationInput.params;
    return Object.fromEntries(
      Object.keys(SETTING_RULES).map((name) => [
        name,
        this.settings.given[name] ?? String(defaults[name]),
      ]),
    );
  }

  explaining(check) {
    try {
      return check();
    } catch (error) {
      throw new this.serverless.classes.Error(error.message, 'SETTINGS_REFUSED');
    }
  }
}
