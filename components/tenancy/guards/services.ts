import { listAt } from "../../kit/objects.ts";
import { PROFILE_LABEL } from "../../kubeflow/network/flows.ts";
import { type Guard, quoted } from "./guard.ts";

const FIX =
  "a Service of a profile may not take addresses that are not its own, whose traffic it would get: leave out spec.externalIPs";

/** No Service of a profile takes over the traffic of an address (CVE-2020-8554). */
export const services: Guard = {
  name: "services",
  on: { group: "", version: "v1", resources: ["services"], operations: ["CREATE", "UPDATE"] },
  within: { matchLabels: PROFILE_LABEL },
  variables: {},
  validations: [
    { expression: "!has(object.spec.externalIPs) || object.spec.externalIPs.size() == 0", message: quoted(FIX) },
  ],
  judge: ({ object }) => (listAt(object, "spec", "externalIPs").length > 0 ? [FIX] : []),
};
