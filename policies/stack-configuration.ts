import { coerce, inc } from "semver";
import { cloudOf } from "../components/cluster/clouds.ts";
import type { AirGapSettings } from "../components/kubeflow/air-gap/settings.ts";
import { parseReference } from "../components/kubeflow/images/reference.ts";
import type { Settings } from "../components/settings/parse.ts";
import type { PackConfiguration } from "./configuration-file.ts";
import { CIRCUMSTANCES_RULE } from "./exemptions/circumstances.ts";
import type { StackClass } from "./rule.ts";
import { imageRegistries } from "./rules/k8s-image-registry-allowlist.ts";
import { namespaceLabels } from "./rules/k8s-psa-namespace-labels.ts";
import { storageClass } from "./rules/k8s-storageclass.ts";
import { airgapEgress } from "./rules/ml-airgap-egress.ts";
import { cudaDriverMatch } from "./rules/ml-cuda-driver-match.ts";
import { kubeflowVersion } from "./rules/ml-kubeflow-version.ts";
import { trainingOperatorVersion } from "./rules/ml-training-operator-version.ts";
import { transformersVersion } from "./rules/ml-transformers-version.ts";

/** How strictly a stack is judged: by its environment, unless it has no way out. */
export function stackClassOf({ environment, airGap }: Settings): StackClass {
  return airGap === undefined ? environment : "airgapped";
}

/** A configuration with what the settings of a stack say: nobody has to write the same thing twice. */
export function configurationFor(configuration: PackConfiguration, settings: Settings): PackConfiguration {
  const { release, mesh, cloud, airGap } = settings;
  return withParameters(configuration, {
    [CIRCUMSTANCES_RULE.id]: { versions: { kubeflow: release.version } },
    [kubeflowVersion.id]: { kubeflow: release.version },
    [cudaDriverMatch.id]: { driverByPool: driversOf(settings) },
    [airgapEgress.id]: { mirrors: mirrorsOf(settings) },
    [namespaceLabels.id]: { meshCni: mesh.cni },
    ...pinsOf(settings.tenancy),
    // Clusters that the program makes have the classes that it makes.
    [storageClass.id]: { providerDefault: cloud === "existing" },
    ...(airGap !== undefined && { [imageRegistries.id]: { registries: registriesOf(airGap) } }),
  });
}

/** The versions that runtime guards hold users to. */
export function pinsOf({ pins }: Pick<Settings["tenancy"], "pins">): Readonly<Record<string, Record<string, unknown>>> {
  const beyond = (version: string) => `>=${inc(coerce(version) ?? version, "minor")}`;
  return {
    [transformersVersion.id]: { denied: [beyond(pins.transformers)], validated: [pins.transformers] },
    [trainingOperatorVersion.id]: { denied: beyond(pins.trainingOperator), validated: pins.trainingOperator },
  };
}

/** The driver that the cloud gives its nodes, where it says which. */
function driversOf({ cloud }: Settings) {
  const { driver, cuda } = cloudOf(cloud).gpu;
  return driver === "unknown" || cuda === "unknown" ? {} : { "*": { driver, cuda } };
}

/** The registry of an installation without access to the internet. */
function mirrorsOf({ airGap }: Settings): string[] {
  const host = airGap?.registry.split("/")[0]?.replace(/:\d+$/, "");
  return host === undefined ? [] : [host];
}

/** The registry of a site, and where the images come from that are needed before it: to make nodes trust it, and its own. */
function registriesOf({ registry, nodes, distribution }: AirGapSettings): string[] {
  const before = [nodes?.image, distribution?.image].filter((image) => image !== undefined);
  return [registry, ...before.map(parseReference).map(({ host, path }) => `${host}/${path}`)];
}

/** Parameters added to the entries of rules, where the configuration has them. */
function withParameters(
  configuration: PackConfiguration,
  additions: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): PackConfiguration {
  return Object.fromEntries(Object.entries(configuration).map(([id, entry]) => [id, { ...entry, ...additions[id] }]));
}
