// The script of the pages that lead to an embedded lab: they are in data-to, or one of the page's own links that the query
// names. Everything else of the query goes along.

import { ready, t } from "./language";

const query = new URLSearchParams(location.search);
const name = query.get("lab");
const fixed = document.documentElement.dataset["to"];
const links = [...document.querySelectorAll<HTMLAnchorElement>("a[data-lab]")];
const to = fixed ?? links.find((link) => link.dataset["lab"] === name)?.getAttribute("href");

if (to) {
  if (!fixed) query.delete("lab");
  const address = new URL(to, location.href);
  address.search = query.toString();
  // In place of this page: the way back leads to where the visitor came from.
  location.replace(address);
} else if (name !== null) {
  const said = document.querySelector("#said");
  await ready;
  if (said) said.textContent = t("There is no lab “{name}”. These there are:", { name: name.slice(0, 60) });
}
