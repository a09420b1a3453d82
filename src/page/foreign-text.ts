import { type Html, html } from './html.ts';
import { maskEmail, maskId, maskText, maskUsername } from './mask.ts';
import { toVisible } from './visible.ts';

/**
 * The one way by which text of foreign origin comes into the page: masked unless emails are to be
 * shown, with nothing invisible in it, and apart from the direction of the text around it.
 */
export type ForeignText = {
  /** Whether emails and usernames are masked. */
  masked: boolean;
  email(email: string): Html;
  username(username: string): Html;
  /** A WorkOS id, a Cognito sub, an external id. */
  id(id: string): Html;
  /** A code, a field, a name of a provider, a trigger or a pool, a sentence about a failure. */
  text(text: string): Html;
  /** The same as plain text, for the text alternative of a chart. */
  plain(text: string): string;
};

export function createForeignText({ showEmails }: { showEmails: boolean }): ForeignText {
  const toText = (mask: (text: string) => string) => (text: string) =>
    toVisible(showEmails ? text : mask(text));
  const isolated = (mask: (text: string) => string) => (text: string) =>
    html`<bdi>${toText(mask)(text)}</bdi>`;
  return {
    masked: !showEmails,
    email: isolated(maskEmail),
    username: isolated(maskUsername),
    id: (id) => html`<code><bdi>${toText(maskId)(id)}</bdi></code>`,
    text: isolated(maskText),
    plain: toText(maskText),
  };
}
