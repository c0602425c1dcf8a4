import { isDeepStrictEqual } from "node:util";
import { MADE_BY_SETTINGS, MANAGED_LABELS } from "../labels.ts";
import { type Guard, quoted, quotedList } from "./guard.ts";

/**
 * The account of the profile controller and of access management beside it, which makes profiles and members for whoever
 * asks it on the dashboard: it does not look who that is (kubeflow/kubeflow#6228).
 */
const ACCESS_MANAGEMENT = "system:serviceaccount:kubeflow:profiles-controller-service-account";

/** What the profile controller binds by itself. */
const BOUND_BY_CONTROLLER = ["namespaceAdmin", "default-editor", "default-viewer"];

const PROFILES =
  "profiles are made, changed and removed by the settings of the platform only: ask its operators for it (`profiles` in the stack file)";
const MEMBERS =
  "who is a member of this profile is in the settings of the platform only: ask its operators for it (`profiles` in the stack file)";

/** No profile comes, changes or goes by the dashboard. */
export const profilesBySettings: Guard = {
  name: "profiles-by-settings",
  on: { group: "kubeflow.org", version: "*", resources: ["profiles"], operations: ["CREATE", "UPDATE", "DELETE"] },
  within: "cluster",
  variables: {},
  validations: [
    {
      expression: `request.userInfo.username != ${quoted(ACCESS_MANAGEMENT)} || (request.operation == 'UPDATE' && object.spec == oldObject.spec)`,
      message: quoted(PROFILES),
    },
  ],
  judge: ({ user, operation, object, before }) => {
    const isUpkeep = operation === "UPDATE" && isDeepStrictEqual(object["spec"], before?.["spec"]);
    return user === ACCESS_MANAGEMENT && !isUpkeep ? [PROFILES] : [];
  },
};

/** Nobody becomes or stops being a member of a profile of the settings by the dashboard. */
export const membersBySettings: Guard = {
  name: "members-by-settings",
  on: {
    group: "rbac.authorization.k8s.io",
    version: "v1",
    resources: ["rolebindings"],
    operations: ["CREATE", "UPDATE", "DELETE"],
  },
  within: { matchLabels: { [MANAGED_LABELS.madeBy]: MADE_BY_SETTINGS } },
  variables: {},
  validations: [
    {
      expression: `request.userInfo.username != ${quoted(ACCESS_MANAGEMENT)} || request.name in ${quotedList(BOUND_BY_CONTROLLER)}`,
      message: quoted(MEMBERS),
    },
  ],
  judge: ({ user, object }) =>
    user === ACCESS_MANAGEMENT && !BOUND_BY_CONTROLLER.includes(object.metadata.name) ? [MEMBERS] : [],
};
