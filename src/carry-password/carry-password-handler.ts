import { randomUUID } from 'node:crypto';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import {
  AdminGetUserCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import * as v from 'valibot';
import { classifyPoolError } from '../cognito/classify-pool-error.ts';
import { ConfigurationError, type Environment } from '../config/environment.ts';
import { OperatorError } from '../operator-error.ts';
import { summarizeError } from '../telemetry/summarize-error.ts';
import { createTelemetry } from '../telemetry/telemetry.ts';
import { preparePublish } from '../triggers/prepare-publish.ts';
import type { ObservedUser } from '../user/observed-user.ts';
import { sealedPasswordSchema } from '../user/sealed-password.ts';
import { userRecordToUser } from '../user/user-record.ts';

/** Milliseconds. The SDK's three attempts and the publication end before the function's timeout. */
const REQUEST = { connectionTimeout: 1_000, requestTimeout: 2_500, throwOnRequestTimeout: true };

/** What the handler returns: the message is in the queue. */
type Carried = { published: true; sub: string };

/** The password was not published. The message says why and what to do, and has no personal data. */
class NotCarriedError extends OperatorError {
  override name = 'NotCarriedError';
}

/** `username`: as the user has typed it at the sign-in that has just succeeded. */
const inputSchema = v.object({
  username: v.pipe(v.string(), v.nonEmpty(), v.maxLength(128)),
  sealedPassword: sealedPasswordSchema,
});

/**
 * For applications whose server signs its users in (USER_PASSWORD_AUTH): no trigger sees the client metadata
 * then (docs/facts.md#cognito-clientmetadata), so the server invokes this function after a successful sign-in.
 * It reads the user and publishes it with the sealed password, as a trigger does.
 *
 * Whoever may invoke the function vouches for the sign-in: grant lambda:InvokeFunction to that server alone.
 *
 * @param options.env `SYNC_USER_POOL_ID` and what `loadPublisherConfig` reads.
 * @returns a handler that rejects with an error that says what to do when nothing was published.
 */
export function createCarryPasswordHandler(options: { service: string; env: Environment }) {
  const { logger, metrics, log, counters } = createTelemetry(options.service);
  const client = new CognitoIdentityProviderClient({ requestHandler: REQUEST });
  const publish = preparePublish(options.env, log);

  return middy<unknown, Carried>()
    .use(injectLambdaContext(logger, { logEvent: false }))
    .use(logMetrics(metrics))
    .handler(async (event: unknown, context: Partial<Context> | undefined): Promise<Carried> => {
      const input = v.safeParse(inputSchema, event);
      if (!input.success) throw new NotCarriedError(toProblem(input.issues));
      const user = await findUser(input.output.username);
      const password = { sealed: input.output.sealedPassword, isReset: false };
      const invocation = context?.awsRequestId ?? randomUUID();
      const publication = await publish({ user, password }, invocation);
      if (publication.kind === 'lost') {
        counters.count('PublicationLost');
        log.error('publication lost: the password is carried at the next sign-in', {
          sub: user.sub,
          error: publication.error,
        });
        throw new NotCarriedError('the queue did not accept the message: see the log');
      }
      counters.count('ObservationPublished');
      log.info('observation published', { sub: user.sub });
      return { published: true, sub: user.sub };
    });

  /** The observation is as old as the request, so that a change during it counts as newer. */
  async function findUser(username: string): Promise<ObservedUser> {
    const userPoolId = options.env.SYNC_USER_POOL_ID?.trim();
    if (!userPoolId) throw new ConfigurationError('SYNC_USER_POOL_ID', 'is not set');
    const observedAt = new Date();
    const record = await readUser(userPoolId, username);
    const parsed = userRecordToUser(record, userPoolId, observedAt);
    if (parsed.kind === 'user') return parsed.user;
    throw new NotCarriedError(`the Cognito profile cannot be read (${parsed.reason})`);
  }

  async function readUser(userPoolId: string, username: string) {
    try {
      const command = new AdminGetUserCommand({ UserPoolId: userPoolId, Username: username });
      return await client.send(command);
    } catch (error) {
      // Not as the cause, which Lambda would log: Cognito's message may quote the username.
      log.warn('Cognito did not give the user', { error: summarizeError(error) });
      throw new NotCarriedError(toReason(error, userPoolId));
    }
  }
}

/** Fields are named, values are not. */
function toProblem(issues: readonly v.BaseIssue<unknown>[]): string {
  const fields = new Set(issues.map((issue) => v.getDotPath(issue) ?? 'the whole event'));
  return `invoke with {"username": as typed, "sealedPassword": the text that sealPassword gave}; bad or missing: ${[...fields].join(', ')}`;
}

function toReason(error: unknown, userPoolId: string): string {
  const failure = classifyPoolError(error, 'AdminGetUser', userPoolId);
  switch (failure.kind) {
    case 'user_not_found':
      return 'the user pool has no user of this name: invoke it after a successful sign-in';
    case 'invalid_parameter':
      return 'Cognito does not take the username';
    case 'fatal':
      return failure.problem;
    case 'transient':
      return `Cognito did not answer AdminGetUser (${failure.what}): the password is carried at the next sign-in`;
    case 'unknown':
      return 'Cognito could not be asked: see the log';
  }
}
