/** A request as it arrived at a server of this process. */
export type ArrivedRequest = {
  method: string;
  /** With the query string. */
  target: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
};

/** What a server of this process answered. */
export type GivenAnswer = {
  status: number;
  headers: Readonly<Record<string, unknown>>;
  body: Buffer;
};

/** Which vendor and operation a request is for; kept from the request until its answer. */
export type Addressed = { service: string; operation: string };
