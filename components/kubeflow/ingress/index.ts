import { objectId } from "../../kit/objects.ts";
import type { Adjustment, PlannedObject } from "../plan.ts";
import { entrance181 as release } from "../releases/1.8.1/entrance.ts";
import { certificateObjects } from "./certificates.ts";
import { entranceOf } from "./entrance.ts";
import { entranceFilter } from "./filter.ts";
import { redirecting, withHttps } from "./gateways.ts";
import { exposed } from "./service.ts";
import { servedBelow } from "./serving-names.ts";
import type { IngressSettings } from "./settings.ts";

/** The entrance of the platform: HTTPS for its host, with a certificate that is renewed, and nothing in plain HTTP. */
export function ingressAdjustment(settings: IngressSettings): Adjustment {
  const entrance = entranceOf(settings);
  const added = [...certificateObjects(settings.tls, entrance), entranceFilter(entrance, settings.hstsSeconds)];
  return (objects) => {
    const part = partOf(objects, release.ingressDeployment);
    return [
      ...objects.map(({ object, part }) => {
        const opened = withHttps(redirecting(object), entrance);
        return { object: servedBelow(exposed(opened, settings.service), entrance.host), part };
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
