// biome-ignore lint/suspicious/noExplicitAny: any request of the API; cognito-local checks it
export type Body = any;
