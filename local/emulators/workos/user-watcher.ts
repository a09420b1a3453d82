import type { StrictUser } from './api-types.ts';

/** Told of what becomes of users. */
export type UserWatcher = {
  /** Of every user who is new or changed, by the API or by `control`. Not to be changed or kept. */
  onUser?: ((user: StrictUser) => void) | undefined;
  /** Of the id of every user who was deleted. */
  onUserGone?: ((id: string) => void) | undefined;
};
