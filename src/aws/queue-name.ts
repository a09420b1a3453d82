/** https://sqs.<region>.amazonaws.com/<account>/<name> → the name; what is no URL comes back as it is. */
export function queueUrlToName(url: string): string {
  return URL.canParse(url) ? (new URL(url).pathname.split('/').at(-1) ?? url) : url;
}
