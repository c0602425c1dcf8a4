import { type KubernetesObject, listAt, objectId, textAt } from "../../kit/objects.ts";
import { changedContainer } from "../images/change.ts";
import type { ContainerPlace } from "../images/places.ts";
import { type Adjustment, each } from "../plan.ts";

/** Something that a program asks of the world outside the cluster, and the variable that makes it stop. */
export interface OutsideCall extends ContainerPlace {
  readonly variable: string;
  readonly value: string;
  readonly why: string;
  readonly evidence: string;
}

/** Nothing of the platform asks outside the cluster for what can be switched off. */
export function withoutOutsideCalls(calls: readonly OutsideCall[]): Adjustment {
  return each((object) =>
    calls.filter(({ workload }) => workload === objectId(object)).reduce<KubernetesObject>(withVariable, object),
  );
}

function withVariable(object: KubernetesObject, { container, variable, value }: OutsideCall): KubernetesObject {
  return changedContainer(object, container, (spec) => {
    const others = listAt(spec, "env").filter((one) => textAt(one, "name") !== variable);
    return { ...spec, env: [...others, { name: variable, value }] };
  });
}
