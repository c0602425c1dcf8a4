import { z } from "zod";
import { readJson } from "../../kit/json.ts";
import { MirrorError } from "../errors.ts";
import type { ApiRequest, RegistryHttp } from "./http.ts";

/** A page of names is never larger. */
const LARGEST_PAGE = 16 * 1024 * 1024;
/** Pages that a registry of any size has; more is a registry that leads around in a circle. */
const MOST_PAGES = 10_000;

const names = z.array(z.string()).nullish();
const page = z.looseObject({ repositories: names, tags: names });

/** All pages of a list of names: `key` is what the registry calls them. Where 404 is accepted it is an empty list. */
export async function listNames(
  http: RegistryHttp,
  request: Pick<ApiRequest, "target" | "scope" | "accept">,
  key: "repositories" | "tags",
): Promise<string[]> {
  const found = new Set<string>();
  let target: string | URL | undefined = request.target;
  for (let pages = 0; target !== undefined; pages++) {
    if (pages === MOST_PAGES) throw endless(http.host, key);
    target = await http.ask({ ...request, method: "GET", target }, async (response, url): Promise<URL | undefined> => {
      if (response.status !== 200) return undefined;
      const text = (await response.bytes(LARGEST_PAGE)).toString("utf8");
      for (const name of namesIn(text, key, http.host)) found.add(name);
      const link = /<([^>]+)>\s*;\s*rel="?next"?/i.exec(response.header("link") ?? "")?.[1];
      return link === undefined ? undefined : http.resolve(link, url);
    });
  }
  return [...found].toSorted();
}

function namesIn(text: string, key: "repositories" | "tags", host: string): readonly string[] {
  const refuse = (why: string) => new MirrorError("E_REFUSED", `${host} does not answer with a list of ${key}: ${why}`);
  return readJson(page, text, refuse)[key] ?? [];
}

function endless(host: string, key: string): MirrorError {
  return new MirrorError("E_REFUSED", `${host} lists ${key} on more than ${MOST_PAGES} pages`, {
    next: "name the images to ask for: --images FILE",
  });
}
