import type { GuardCase } from "./guard-case.ts";
import { OPERATORS, ACCESS_MANAGEMENT, service, profile, binding } from "./requests.ts";

/** Of what only the API server sees. */
export const otherCases: readonly GuardCase[] = [
  { guard: "services", what: "a Service", request: service({ selector: { app: "case" } }) },
  {
    guard: "services",
    what: "the address of others",
    refused: "leave out spec.externalIPs",
    request: service({ externalIPs: ["10.96.0.10"] }),
  },
  {
    guard: "profiles-by-settings",
    what: "access management",
    refused: "profiles are made, changed and removed by the settings",
    request: profile(ACCESS_MANAGEMENT),
  },
  { guard: "profiles-by-settings", what: "an operator", request: profile(OPERATORS) },
  {
    guard: "members-by-settings",
    what: "access management",
    refused: "who is a member of this profile is in the settings",
    request: binding(ACCESS_MANAGEMENT, "user-mallory-example-com-clusterrole-edit"),
  },
  {
    guard: "members-by-settings",
    what: "the profile controller",
    request: binding(ACCESS_MANAGEMENT, "default-editor"),
  },
  {
    guard: "members-by-settings",
    what: "an operator",
    request: binding(OPERATORS, "user-mallory-example-com-clusterrole-edit"),
  },
];
