import type { Finding } from "../checks.ts";
import type { ProfileSettings } from "../settings.ts";
import { prefixOf, type ProfileStoreSettings } from "./settings.ts";

export interface StoresChecked {
  readonly profiles: readonly ProfileSettings[];
  /** What the settings say of components; Pipelines is there unless they say otherwise. */
  readonly components: Readonly<Partial<Record<string, boolean>>>;
}

/** Places that the keys of several profiles open, and a store of the platform where it has none. */
export function inStores({ profiles, components }: StoresChecked): Finding[] {
  const stores = profiles.flatMap(({ name, objectStore: store }, index) =>
    store === undefined ? [] : [{ name, store, path: ["profiles", index, "objectStore"] }],
  );
  const homeless = stores
    .filter(({ store }) => components["pipelines"] === false && store.endpoint === undefined)
    .map(({ path }) => ({
      path: [...path, "endpoint"],
      message: "the host of a store, as components.pipelines is off and the platform has none",
    }));
  const shared = stores.flatMap((own, index) => {
    const other = stores.slice(0, index).find((earlier) => isOpenTo(own, earlier));
    if (other === undefined) return [];
    const place = `${other.store.bucket}/${prefixOf(other.name, other.store)}`;
    return [
      { path: [...own.path, "prefix"], message: `a place of its own: ${other.name} has ${place}, with other keys` },
    ];
  });
  return [...homeless, ...shared];
}

interface Named {
  readonly name: string;
  readonly store: ProfileStoreSettings;
}

/** Whether one of two places is within the other, though their keys differ. */
function isOpenTo(a: Named, b: Named): boolean {
  if (a.store.endpoint !== b.store.endpoint || a.store.bucket !== b.store.bucket) return false;
  if (a.store.accessKey === b.store.accessKey && a.store.secretKey === b.store.secretKey) return false;
  const [ofA, ofB] = [a, b].map(({ name, store }) => `${prefixOf(name, store)}/`) as [string, string];
  return ofA.startsWith(ofB) || ofB.startsWith(ofA);
}
