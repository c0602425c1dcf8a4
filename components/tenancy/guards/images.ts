import { textAt } from "../../kit/objects.ts";
import { beginningsOf, canonical, isReference, isWithin } from "../../kubeflow/images/reference.ts";
import { type Guard, quoted, quotedList } from "./guard.ts";
import { CONTAINERS, containersIn, podsOfProfiles } from "./pods.ts";

/** A reference in full, as container runtimes complete it: `i` of CEL. */
const FULL = [
  "(!i.contains('/') ? 'docker.io/library/' + i",
  " : i.startsWith('index.docker.io/') ? i.substring(6)",
  " : i.split('/')[0].matches('[.:A-Z]|^localhost$') ? i : 'docker.io/' + i)",
].join("");

/**
 * Images come from the places of the settings, or are the platform's own. Both are beginnings of references in full, up
 * to a slash, a colon or an at sign: `registry.example.com`, `docker.io/istio/proxyv2`. The message names `examples`.
 */
export function images(places: readonly string[], examples: readonly string[]): Guard {
  const fix = `is from a place that is not allowed: use an image of ${examples.join(", ")}`;
  return {
    ...podsOfProfiles,
    name: "images",
    variables: {
      beginnings: quotedList(places.flatMap(beginningsOf)),
      foreign: `(${CONTAINERS}).map(c, c.image).filter(i, ![${FULL}].exists(full, variables.beginnings.exists(b, (full + ':').startsWith(b))))`,
    },
    validations: [
      {
        expression: "variables.foreign.size() == 0",
        message: `'image ' + variables.foreign.join(', ') + ${quoted(` ${fix}`)}`,
      },
    ],
    judge: ({ object }) => {
      const foreign = containersIn(object)
        .map((container) => textAt(container, "image") ?? "")
        .filter((image) => !places.some((place) => isFrom(image, place)));
      return foreign.length === 0 ? [] : [`image ${foreign.join(", ")} ${fix}`];
    },
  };
}

function isFrom(image: string, place: string): boolean {
  return isReference(image) && isWithin(canonical(image), place);
}
