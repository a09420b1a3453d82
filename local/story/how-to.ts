import { fileURLToPath } from 'node:url';
import { LOCAL_STAGE } from '../deployed.ts';
import { CONFIRMATION_CODE } from '../emulators/cognito/engine.ts';
import type { LocalSystem } from '../local-system.ts';
import { PASSWORD } from '../people.ts';
import { REGION } from '../system.ts';
import { ENVIRONMENT_FILE } from './environment-file.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What to type to see another user arrive; every command can be pasted into a shell as it is. */
export function howTo(system: LocalSystem): string {
  const { cognito, workos, clientId, userPoolId } = system;
  const call = (action: string, body: unknown) =>
    `  curl -s ${cognito.url}/ -H 'Content-Type: application/x-amz-json-1.1' \\
    -H 'X-Amz-Target: AWSCognitoIdentityProviderService.${action}' \\
    -d '${JSON.stringify(body)}'`;
  const aws = (command: string, rest: string) =>
    `  aws cognito-idp ${command} --endpoint-url ${cognito.url} --region ${REGION} --no-sign-request \\
    --client-id ${clientId} --username joan@example.com ${rest}`;
  const Username = 'margaret@example.com';
  const ClientId = clientId;
  const name = { Name: 'name', Value: 'Margaret Hamilton' };
  const credentials = { USERNAME: Username, PASSWORD };
  return `
It all stays up until Ctrl-C. Sign a user up, and watch it arrive:

${call('SignUp', { ClientId, Username, Password: PASSWORD, UserAttributes: [name] })}
${call('ConfirmSignUp', { ClientId, Username, ConfirmationCode: CONFIRMATION_CODE })}

and sign in, as often as you like:

${call('InitiateAuth', { ClientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters: credentials })}

The same with the AWS CLI:

${aws('sign-up', `--password ${PASSWORD} \\\n    --user-attributes Name=name,Value='Joan Clarke'`)}
${aws('confirm-sign-up', `--confirmation-code ${CONFIRMATION_CODE}`)}

A user comes through Google (Cognito's hosted sign-in page, in one request):

  curl -s ${cognito.url}/federated-sign-in -H 'Content-Type: application/json' \\
    -d '${JSON.stringify({
      userPoolId,
      clientId,
      providerName: 'Google',
      userId: '104857600000000000003',
      email: 'dorothy@example.com',
      emailVerified: true,
      name: 'Dorothy Vaughan',
    })}'

Every command, in another terminal (its environment is in ${ENVIRONMENT_FILE}):

${commandLines(system)}

A message that cannot be read, which the consumer moves to the dead-letter queue:

${malformedMessage(system)}

What WorkOS has, the newest hundred:

  curl -s '${workos.url}/user_management/users?limit=100' -H 'Authorization: Bearer ${workos.apiKey}' \\
    | node -p 'JSON.parse(fs.readFileSync(0)).data'
`;
}

/** The commands, in the order of a migration, each with the environment of this run. */
function commandLines({ userPoolId }: LocalSystem): string {
  const pool = `--user-pool-id ${userPoolId}`;
  const commands = [
    `assess ${pool}`,
    `init --stage ${LOCAL_STAGE} --dry-run`,
    `preflight ${pool} --stage ${LOCAL_STAGE}`,
    `triggers ${pool} --stage ${LOCAL_STAGE}`,
    `status ${pool}`,
    `canary ${pool} --workos-client-id client_local`,
    // This pool will be gone, and a state file would only be left behind.
    `seed ${pool} --state :memory:`,
    `seed ${pool} --stage ${LOCAL_STAGE} --in-aws`,
    `verify ${pool}`,
    `oauth-clients ${pool}`,
    `explain ${pool} --email grace@example.com`,
    `password-key --stage ${LOCAL_STAGE}`,
    'redrive',
    `reset-passwords ${pool}`,
  ];
  return [`cd ${shellWord(ROOT)}`, `source ${ENVIRONMENT_FILE}`]
    .concat(commands.map((command) => `npx cws ${command}`))
    .map((line) => `  ${line}`)
    .join('\n');
}

function malformedMessage({ queue }: LocalSystem): string {
  const body = JSON.stringify({
    QueueUrl: queue.queueUrl,
    MessageBody: 'not a message',
    MessageGroupId: 'someone',
    MessageDeduplicationId: 'once',
  });
  return `  curl -s ${queue.endpoint}/ -H 'Content-Type: application/x-amz-json-1.0' \\
    -H 'X-Amz-Target: AmazonSQS.SendMessage' -d '${body}'`;
}

function shellWord(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
