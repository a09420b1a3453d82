import * as v from 'valibot';
import type { ServerClock } from './server-clock.ts';

const dateSchema = v.object({ headers: v.object({ date: v.string() }) });
const answerSchema = v.object({ response: dateSchema });
const errorSchema = v.object({ $response: dateSchema });

/** The part of an AWS client, whichever service it is of, that middleware is added to. */
type DatedClient = {
  middlewareStack: {
    add(
      middleware: (next: (args: never) => unknown) => (args: never) => unknown,
      options: { step: 'deserialize'; priority: 'high'; name: string },
    ): void;
  };
};

/** Sets a clock by every answer of a service's, refusals included. */
export function noteDates(client: DatedClient, clock: ServerClock): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        const answer = await next(args);
        const parsed = v.safeParse(answerSchema, answer);
        if (parsed.success) clock.note(parsed.output.response.headers.date);
        return answer;
      } catch (error) {
        const parsed = v.safeParse(errorSchema, error);
        if (parsed.success) clock.note(parsed.output.$response.headers.date);
        throw error;
      }
    },
    { step: 'deserialize', priority: 'high', name: 'noteDates' },
  );
}
