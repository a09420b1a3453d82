import type { ConsumerKey } from './consumer-key.ts';
import type { Target } from './target.ts';
import type { WorkosEnvironment } from './workos-environment.ts';

/** The banner: one line a side, for a person who has to notice what is wrong. */
export function targetToLines(target: Target): string[] {
  const { account = 'unknown', region, userPool, workos } = target;
  const size = userPool.users === undefined ? '' : `, about ${userPool.users} users`;
  const name = userPool.name === undefined ? '' : `"${userPool.name}" `;
  const lines = [
    ['AWS', `account ${account}, ${region}`],
    ['Cognito', `user pool ${name}${userPool.id}${size}`],
    ...(workos
      ? [
          [
            'WorkOS',
            `${environmentToText(workos.environment, workos.host)}, key ${workos.keyFingerprint}${usersText(workos)}`,
          ],
          ['consumer', consumerText(workos.consumerKey)],
        ]
      : []),
  ];
  return lines.map(([side = '', text = '']) => `  ${side.padEnd(10)}${text}`);
}

type WorkosTarget = NonNullable<Target['workos']>;

/** "production environment", and the host where it is not WorkOS's own. */
export function environmentToText(environment: WorkosEnvironment, host: string): string {
  const kind =
    environment === 'unknown' ? 'environment of an unknown kind' : `${environment} environment`;
  return host === 'api.workos.com' ? kind : `${kind} at ${host}`;
}

function usersText({ users }: WorkosTarget): string {
  if (!users) return '';
  return users.hasMore ? `, more than ${users.count} users` : `, ${users.count} users`;
}

function consumerText(key: ConsumerKey): string {
  switch (key.kind) {
    case 'same':
      return `stage ${key.stage}, the same WorkOS key`;
    case 'same_environment':
      return `stage ${key.stage}, another key of the same WorkOS environment`;
    case 'another_environment':
      return `stage ${key.stage}, ANOTHER WorkOS ENVIRONMENT: it does not see what this command writes`;
    case 'no_deployment':
      return 'no deployment observes this pool in this account and region';
    case 'unknown':
      return `whether its WorkOS key is the same is unknown (${key.why})`;
  }
}
