import { objectId } from "../../kit/objects.ts";
import type { Adjustment, PlannedObject } from "../plan.ts";
import { certificateObjects } from "./certificates.ts";
import { entranceOf } from "./entrance.ts";
import { entranceFilter } from "./filter.ts";
import { redirecting, withHttps } from "./gateways.ts";
import type { EntranceNames } from "./names.ts";
import { exposed } from "./service.ts";
import { servedBelow } from "./serving-names.ts";
import type { IngressSettings } from "./settings.ts";

/** The entrance of the platform: HTTPS for its host, with a certificate that is renewed, and nothing in plain HTTP. */
export function ingressAdjustment(settings: IngressSettings, names: EntranceNames): Adjustment {
  const entrance = entranceOf(settings);
  const added = [
    ...certificateObjects(settings.tls, entrance, names),
    entranceFilter(entrance, settings.hstsSeconds, names),
  ];
  return (objects) => {
    const part = partOf(objects, names.ingressDeployment);
    return [
      ...objects.map(({ object, part }) => {
        const opened = withHttps(redirecting(object, names), entrance, names);
        return { object: servedBelow(exposed(opened, settings.service, names), entrance.host, names), part };
      }),
      ...added.map((object) => ({ object, part })),
    ];
  };
}

/** The part of the platform that an object of the release belongs to, for what is added beside it. */
export function partOf(objects: readonly PlannedObject[], id: string): PlannedObject["part"] {
  const found = objects.find(({ object }) => objectId(object) === id);
  if (found === undefined) throw new RangeError(`the release has no ${id}`);
  return found.part;
}
