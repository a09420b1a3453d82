import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { KMSClient } from '@aws-sdk/client-kms';
import { type Command, Option } from 'commander';
import { readPublicKey } from '../src/passwords/public-key.ts';
import { findPasswordKey } from '../src/stage/find-password-key.ts';
import { settingsOf } from './shared/apply-settings.ts';
import { addSections, createCommand, jsonOption, onRun, stageOption } from './shared/options.ts';
import { regionOf } from './shared/region.ts';
import { writeResult } from './shared/result.ts';
import { CommandError, EXIT } from './shared/run.ts';

type PasswordKeyOptions = {
  stage?: string;
  keyId?: string;
  format: 'jwk' | 'pem';
  json?: true;
};

export function passwordKeyCommand(): Command {
  const command = createCommand('password-key')
    .description('Prints the public key with which applications seal passwords for the consumer.')
    .addOption(stageOption())
    .option(
      '--key-id <id>',
      'the KMS key by its id, ARN or alias, in place of the key of the stage',
    )
    .addOption(new Option('--format <format>', 'jwk or pem').choices(['jwk', 'pem']).default('jwk'))
    .addOption(jsonOption());
  addSections(command, {
    examples: [
      'password-key --stage prod',
      'password-key --stage prod --format pem',
      'password-key --key-id 12345678-1234-4234-8234-123456789012',
    ],
    more: `The key is no secret: it belongs into the application. Its kid tells the consumer which key a password was
sealed for; it is part of the JWK, and with --format pem on stderr. The stage has to be deployed with
carryPasswords: true. Needs cloudformation:DescribeStacks (without --key-id) and kms:GetPublicKey.`,
    environment: "AWS's own.",
    exit: '0 printed, 2 could not run.',
  });
  return onRun<PasswordKeyOptions>(command, runPasswordKey, { isFileOptional: true });
}

/** A service that does not answer must not hang the command. */
const REQUEST = { connectionTimeout: 3_000, requestTimeout: 5_000, throwOnRequestTimeout: true };

async function runPasswordKey({ stage, keyId, format, json }: PasswordKeyOptions): Promise<number> {
  const { userPoolId = null } = stage === undefined ? {} : settingsOf(stage);
  const region = regionOf(userPoolId ?? '', process.env);
  const client = { ...region, requestHandler: REQUEST, maxAttempts: 2 };
  const chosen = keyId ?? (await findPasswordKey(new CloudFormationClient(client), stageIn(stage)));
  const key = await readPublicKey(new KMSClient(client), chosen);
  if (json) {
    const { keyArn, kid, keySpec, jwk, pem } = key;
    const head = { command: 'password-key', userPoolId, exit: EXIT.done };
    const body = { stage: stage ?? null, kid, keyArn, keySpec, jwk, pem };
    await writeResult(process.stdout, head, body);
    return EXIT.done;
  }
  if (format === 'pem') process.stderr.write(`kid: ${key.kid}\n`);
  process.stdout.write(format === 'pem' ? key.pem : `${JSON.stringify(key.jwk)}\n`);
  return EXIT.done;
}

function stageIn(stage: string | undefined): string {
  if (stage !== undefined) return stage;
  throw new CommandError('which key? Give --stage, or --key-id');
}
