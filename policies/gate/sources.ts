import type { ReportedFinding } from "./report.ts";

/** The file of this project that a person would change for a finding: by its rule, else by who makes the resource. */
export function sourceOf({
  rule,
  resource,
  component,
}: Pick<ReportedFinding, "rule" | "resource" | "component">): string {
  if (rule.startsWith("meta-")) return "policies/exemptions.yaml";
  const cloud = /^(aws|gcp|digitalocean):/.exec(resource)?.[1];
  if (cloud !== undefined) return `components/cluster/${cloud}/index.ts`;
  return COMPONENTS[component] ?? "components/kubeflow/index.ts";
}

/** Components whose objects this project makes; those of every other come from the release. */
const COMPONENTS: Readonly<Record<string, string>> = {
  "": "index.ts",
  Existing: "components/cluster/existing.ts",
  Profile: "components/tenancy/objects/index.ts",
};
