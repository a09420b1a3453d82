import * as v from 'valibot';

const requestSchema = v.object({
  protocol: v.string(),
  hostname: v.string(),
  port: v.optional(v.number()),
});

/** The part of an AWS client, whichever service it is of, that middleware is added to. */
type AddressedClient = {
  middlewareStack: {
    add(
      middleware: (next: (args: never) => unknown) => (args: never) => unknown,
      options: { step: 'build'; name: string; override: true },
    ): void;
  };
};

/**
 * Notes where a client sends its requests: region, endpoint variables and profiles all decide about it.
 *
 * @returns the address of the last request, like `https://cognito-idp.eu-central-1.amazonaws.com:443`; undefined
 *   before the first one.
 */
export function noteAddress(client: AddressedClient): () => string | undefined {
  let address: string | undefined;
  client.middlewareStack.add(
    (next) => (args) => {
      const parsed = v.safeParse(v.object({ request: requestSchema }), args);
      if (parsed.success) {
        const { protocol, hostname, port } = parsed.output.request;
        address = `${protocol}//${hostname}:${port ?? (protocol === 'http:' ? 80 : 443)}`;
      }
      return next(args);
    },
    { step: 'build', name: 'noteAddress', override: true },
  );
  return () => address;
}
