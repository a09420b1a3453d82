import type { ForeignText } from '../../page/foreign-text.ts';
import { counted, toCount, toRanking } from '../../page/format.ts';
import { type Html, html } from '../../page/html.ts';
import { unknown } from '../../page/parts.ts';
import type { Assessment } from '../facts.ts';
import { isWorkosKind, WORKOS_KIND_WORDS } from '../workos-kind-words.ts';

/** Who is in WorkOS already, and what the seed does about them. */
export function workos({ workosUsers }: Assessment, shown: ForeignText): Html {
  return html`<section id="workos"><h2>Who is in WorkOS already?</h2>${
    workosUsers.known ? known(workosUsers.value) : unknown(workosUsers.why, shown)
  }</section>`;
}

function known(found: Extract<Assessment['workosUsers'], { known: true }>['value']): Html {
  const { total, signedIn, kinds } = found;
  if (total === 0) return html`<p>The environment has no users.</p>`;
  const rows = toRanking(kinds).map(({ name, count }) => {
    if (!isWorkosKind(name)) return false;
    const { words, seed } = WORKOS_KIND_WORDS[name];
    return html`<tr><th scope="row">${words}</th><td class="number" data-title="Users"><div>${toCount(count)}</div></td><td data-title="The seed"><div>${seed}</div></td></tr>`;
  });
  return html`<table class="examples"><caption>${counted(total, 'WorkOS user')}, ${toCount(signedIn)} of whom have signed in there</caption>
<thead><tr><th scope="col">Kind</th><th scope="col" class="number">Users</th><th scope="col">What the seed does</th></tr></thead>
<tbody>${rows}</tbody></table>`;
}
