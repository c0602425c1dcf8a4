import { textAt } from "../../kit/objects.ts";
import { imagesOf, type ImagePlaces } from "../../kubeflow/images/index.ts";
import { inventoryOf } from "../../kubeflow/order/inventory.ts";
import type { Adjustment } from "../../kubeflow/plan.ts";
import type { TenancySettings } from "../settings.ts";
import { membersBySettings, profilesBySettings } from "./by-settings.ts";
import { gpus } from "./gpus.ts";
import type { Guard } from "./guard.ts";
import { images } from "./images.ts";
import { isolation } from "./isolation.ts";
import { languageModels } from "./language-models.ts";
import { memoryLimit } from "./memory-limit.ts";
import { trainingOperatorPin, transformersPin } from "./pins.ts";
import { admissionPolicy } from "./policy.ts";
import { services } from "./services.ts";

export type { Guard, Request } from "./guard.ts";

export interface GuardOptions {
  readonly tenancy: TenancySettings;
  /** Names of the cluster's GPU pools. */
  readonly gpuPools: readonly string[];
  /** Image of the mesh's proxy and of its init container. */
  readonly meshImage: string;
  /** Repositories, in full, of all images that the platform may start. */
  readonly platformImages: readonly string[];
}

/** The guards that the settings ask for. */
export function guardsFor({ tenancy, gpuPools, meshImage, platformImages }: GuardOptions): Guard[] {
  const { imagesFrom, pins, selfService } = tenancy;
  return [
    memoryLimit,
    isolation(meshImage),
    gpus(gpuPools),
    services,
    transformersPin(pins.transformers),
    trainingOperatorPin(pins.trainingOperator),
    languageModels,
    ...(imagesFrom === undefined ? [] : [images([...imagesFrom, ...platformImages], imagesFrom)]),
    ...(selfService ? [] : [profilesBySettings, membersBySettings]),
  ];
}

export interface GuardsAdjustmentOptions extends Pick<GuardOptions, "tenancy" | "gpuPools"> {
  readonly places: ImagePlaces;
}

/** Adds the guards to the platform, as admission policies. */
export function guardsAdjustment({ tenancy, gpuPools, places }: GuardsAdjustmentOptions): Adjustment {
  return (planned) => {
    const objects = planned.map(({ object }) => object);
    const part = planned.find(({ object }) => object.metadata.name === CONTROLLER)?.part;
    if (part === undefined) throw new RangeError(`the release has no ${CONTROLLER}`);
    const injector = inventoryOf(objects).find("ConfigMap", "istio-system", "istio-sidecar-injector");
    const repositories = imagesOf(objects, places).map(({ reference }) => reference.replace(/(:[^/:@]*)?(@.*)?$/, ""));
    const guards = guardsFor({
      tenancy,
      gpuPools,
      meshImage: meshImageOf(textAt(injector, "data", "values") ?? "{}"),
      platformImages: [...new Set(repositories)].sort(),
    });
    const policies = guards.flatMap((guard) => admissionPolicy(guard, tenancy.guards));
    return [...planned, ...policies.map((object) => ({ object, part }))];
  };
}

/** What makes profiles, beside which the guards of profiles stand. */
const CONTROLLER = "profiles-deployment";

/** As Istio's template puts it together. */
function meshImageOf(values: string): string {
  const { global } = JSON.parse(values) as { global: { hub: string; tag: string; proxy_init: { image: string } } };
  const { image } = global.proxy_init;
  return image.includes("/") ? image : `${global.hub}/${image}:${global.tag}`;
}
