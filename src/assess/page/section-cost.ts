import { counted } from '../../page/format.ts';
import { type Html, html } from '../../page/html.ts';
import type { CostRow } from '../aws-cost.ts';
import type { Assessment } from '../facts.ts';
import { toDollars } from '../money.ts';
import { AWS_PRICES, WORKOS_PRICES } from '../prices.ts';

/** What the dual run costs at AWS by service, and WorkOS afterwards, with what is assumed. */
export function cost({ awsCost, workosCost, users }: Assessment): Html {
  const { perMonth, monthTotal, assumed, carryPasswords, seedInAws, seedFromLaptop } = awsCost;
  const { activeUsers, connections } = workosCost;
  const rows = byService(perMonth).map(
    ({ service, what, dollars }) =>
      html`<tr><th scope="row">${service}</th><td data-title="For"><div>${what}</div></td><td class="number" data-title="A month"><div>${toDollars(dollars)}</div></td></tr>`,
  );
  const sso =
    connections.dollars === undefined
      ? 'more than have a listed price'
      : `${toDollars(connections.dollars)} a month`;
  return html`<section id="cost"><h2>What does it cost?</h2>
<table class="examples"><caption>AWS, a month of the dual run: about ${toDollars(monthTotal)}</caption>
<thead><tr><th scope="col">Service</th><th scope="col">For</th><th scope="col" class="number">A month</th></tr></thead>
<tbody>${rows}</tbody></table>
<ul class="facts"><li>Assumed: each of ${counted(assumed.users, 'user')} signs in ${assumed.signInsPerUser} times a month (--sign-ins).</li>
<li>With carried passwords: ${toDollars(carryPasswords)} more, for a KMS key, its alarms and metrics, and a second look at each sign-in.</li>
<li>Once: a seed in AWS ${toDollars(seedInAws)}; from your machine, with the ledger, ${toDollars(seedFromLaptop)}.</li>
<li>A dashboard is free for the first three of an account, else ${toDollars(awsCost.dashboard)}.</li>
<li>Cognito’s own bill stays what it is until ${users.total === 1 ? 'the user signs' : 'users sign'} in at WorkOS instead.</li>
<li>WorkOS, if ${counted(activeUsers.users, 'user')} of the environment sign in there in a month: ${toDollars(activeUsers.dollars)} for AuthKit, the first million active users being free. ${counted(connections.count, 'SSO connection')}: ${sso}.</li>
</ul>
<p class="note">List prices of ${AWS_PRICES.region} and of ${WORKOS_PRICES.source}, ${AWS_PRICES.asOf}, without free tiers: check them. The arithmetic is in ${AWS_PRICES.source}.</p>
</section>`;
}

function byService(rows: readonly CostRow[]): CostRow[] {
  const services = new Map<string, CostRow>();
  for (const { service, what, dollars } of rows) {
    const known = services.get(service);
    services.set(service, {
      service,
      what: known ? `${known.what}, ${what}` : what,
      dollars: (known?.dollars ?? 0) + dollars,
    });
  }
  return [...services.values()].sort((one, other) => other.dollars - one.dollars);
}
