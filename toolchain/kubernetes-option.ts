import { InvalidArgumentError, Option } from "commander";
import { DEFAULT_KUBERNETES, KUBERNETES, type KubernetesMinor } from "./pins.ts";

const MINORS = Object.keys(KUBERNETES) as KubernetesMinor[];

/**
 * Minors that a cluster may have but for which no control plane can be built: the last patch release needs a module that
 * no Go proxy serves.
 */
const UNBUILDABLE: Readonly<Record<string, string>> = {
  "1.31": "k8s.io/endpointslice v0.31.14",
  "1.32": "k8s.io/endpointslice v0.32.13",
};

/** The option `--kubernetes <minor>` of every command that has to do with a control plane. */
export function kubernetesOption(): Option {
  return new Option("--kubernetes <minor>", `version of the control plane: ${MINORS.join(", ")}`)
    .argParser(parseMinor)
    .default(DEFAULT_KUBERNETES);
}

/** Throws InvalidArgumentError that names the minors there are, and for those that are missing the reason. */
export function parseMinor(text: string): KubernetesMinor {
  const minor = MINORS.find((known) => known === text);
  if (minor !== undefined) return minor;
  const missing = UNBUILDABLE[text];
  const reason =
    missing === undefined
      ? ""
      : `Kubernetes ${text} is for clusters that exist; it cannot be rehearsed, for the Go module proxy does not serve ` +
        `${missing}, without which its control plane cannot be built. `;
  throw new InvalidArgumentError(`${reason}There is ${MINORS.slice(0, -1).join(", ")} and ${MINORS.at(-1)}.`);
}
