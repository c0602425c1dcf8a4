import { at, groupKind, type KubernetesObject, listAt, textAt } from "../../kit/objects.ts";

const VIRTUAL_SERVICE = "VirtualService.networking.istio.io";

/** The paths of the platform's host by the object that answers below them. */
export type Routes = readonly { readonly prefix: string; readonly isLeft: boolean }[];

/** The paths that VirtualServices know, each with whether its VirtualService is still there. */
export function routesOf(objects: readonly KubernetesObject[], isLeft: (object: KubernetesObject) => boolean): Routes {
  return objects
    .filter((object) => groupKind(object) === VIRTUAL_SERVICE)
    .flatMap((object) =>
      listAt(object, "spec", "http")
        .flatMap((route) => listAt(route, "match"))
        .flatMap((match) => textAt(match, "uri", "prefix") ?? [])
        .map((prefix) => ({ prefix, isLeft: isLeft(object) })),
    );
}

/** The dashboard's links, in `links` of its ConfigMap, without those to pages that nothing answers any more. */
export function withoutDeadLinks(object: KubernetesObject, routes: Routes): KubernetesObject {
  const data = at(object, "data") as Readonly<Record<string, string>>;
  const links = JSON.parse(data["links"] ?? "{}") as Readonly<Record<string, readonly unknown[]>>;
  const alive = Object.entries(links).map(
    ([menu, items]) => [menu, items.filter((item) => leadsSomewhere(textAt(item, "link") ?? "", routes))] as const,
  );
  return { ...object, data: { ...data, links: JSON.stringify(Object.fromEntries(alive), undefined, 2) } };
}

/** A link belongs to the longest path that it begins with, as in Envoy; one to another host to none. */
function leadsSomewhere(link: string, routes: Routes): boolean {
  const candidates = routes.filter(({ prefix }) => link.startsWith(prefix));
  const longest = Math.max(...candidates.map(({ prefix }) => prefix.length));
  return candidates.length === 0 || candidates.some(({ prefix, isLeft }) => isLeft && prefix.length === longest);
}
