import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import * as v from 'valibot';
import type { ServerClock } from '../aws/server-clock.ts';

const dateSchema = v.object({ headers: v.object({ date: v.string() }) });
const errorSchema = v.object({ $response: dateSchema });

/** Sets a clock by every answer of Cognito's, refusals included. */
export function noteDates(client: CognitoIdentityProviderClient, clock: ServerClock): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        const result = await next(args);
        const parsed = v.safeParse(dateSchema, result.response);
        if (parsed.success) clock.note(parsed.output.headers.date);
        return result;
      } catch (error) {
        const parsed = v.safeParse(errorSchema, error);
        if (parsed.success) clock.note(parsed.output.$response.headers.date);
        throw error;
      }
    },
    { step: 'deserialize', priority: 'high', name: 'noteDates' },
  );
}
