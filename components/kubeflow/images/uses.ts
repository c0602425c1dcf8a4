import { type KubernetesObject, objectId } from "../../kit/objects.ts";
import { formsOf } from "./forms/index.ts";
import type { ImagePlaces } from "./places.ts";
import { canonical, formatReference, parseReference } from "./reference.ts";
import { type Rewrite, rewriteText } from "./rewrite.ts";

/** What no object says: a program's own choice. */
const COMPILED_IN = "compiled in";
/** What an object says but for the version, which is a program's own choice. */
const VERSION_COMPILED_IN = "version compiled in";

/** One mention of an image. */
export interface ImageUse {
  /** As it is written. */
  readonly text: string;
  /** In full: `docker.io/library/busybox:1.28`. */
  readonly reference: string;
  /** In which way it is written: `container`, `flag`, `ConfigMap key` ... */
  readonly form: string;
  /** `Deployment.apps kubeflow/mysql`. */
  readonly object: string;
  /** Where in the object, for people. */
  readonly field: string;
  /** False where a program uses it and no setting of its own changes that. */
  readonly rewritable: boolean;
  /** False where only a repository is written, to which a program puts a version. */
  readonly isWhole: boolean;
}

/** Every image that a set of objects makes a cluster pull, now or when it is used, in the order of the objects. */
export function imagesOf(objects: readonly KubernetesObject[], places: ImagePlaces): ImageUse[] {
  const forms = formsOf(places);
  return objects.flatMap((object) => {
    const id = objectId(object);
    const uses: ImageUse[] = [];
    for (const { name, through } of forms) {
      through(object, (text, { field, compiledIn = false, nameOnly = false, versions = [] }) => {
        const common = { text, object: id, field, rewritable: true };
        const form = compiledIn ? COMPILED_IN : name;
        uses.push({ ...common, reference: canonical(text), form, isWhole: !nameOnly });
        for (const version of versions) {
          const { host, path } = parseReference(text);
          const reference = formatReference({ host, path, tag: version });
          uses.push({ ...common, reference, form: VERSION_COMPILED_IN, isWhole: true });
        }
        return text;
      });
    }
    const fixed = places.fixed
      .filter(({ workload }) => workload === id)
      .flatMap(({ references, note }) =>
        references.map((text): ImageUse => ({
          text,
          reference: canonical(text),
          form: COMPILED_IN,
          object: id,
          field: note,
          rewritable: false,
          isWhole: true,
        })),
      );
    return [...uses, ...fixed];
  });
}

/** The object with each of its images rewritten; the very same object where the rewrite leaves all alone. */
export function withImages(object: KubernetesObject, places: ImagePlaces, rewrite: Rewrite): KubernetesObject {
  return formsOf(places).reduce(
    (changing, { through }) => through(changing, (text) => rewriteText(text, rewrite)),
    object,
  );
}
