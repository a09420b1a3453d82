/** For the tests; the Serverless Framework reads stage.js. */
export function settings(framework: {
  options: { param?: string[] | null };
  resolveVariable(address: string): Promise<string>;
}): Promise<Record<string, string | undefined>>;
