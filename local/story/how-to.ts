import { CONFIRMATION_CODE } from '../emulators/cognito/engine.ts';
import { commandEnvironment } from '../environment.ts';
import type { LocalSystem } from '../local-system.ts';
import { PASSWORD } from '../people.ts';
import { REGION } from '../system.ts';

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

The seed of the whole pool, by hand; --help says what else it can do:

${seedCommand(system)}

What WorkOS has, the newest hundred:

  curl -s '${workos.url}/user_management/users?limit=100' -H 'Authorization: Bearer ${workos.apiKey}' \\
    | node -p 'JSON.parse(fs.readFileSync(0)).data'
`;
}

/** The state in memory: this pool will be gone, and a file would only be left behind. */
function seedCommand(system: LocalSystem): string {
  const variables = Object.entries(commandEnvironment(system)).map(([name, value]) =>
    /^[\w.:/-]+$/.test(value) ? `${name}=${value}` : `${name}='${value}'`,
  );
  const command = `npm run seed -- --user-pool-id ${system.userPoolId} --state :memory:`;
  return [...variables, command].map((line) => `  ${line}`).join(' \\\n');
}
