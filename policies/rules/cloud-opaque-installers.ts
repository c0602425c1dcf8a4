import { z } from "zod";
import { at } from "../reading.ts";
import { resourceRule } from "../rule.ts";
import { resourceSubject } from "../subjects.ts";

const PROVIDER = "pulumi:providers:kubernetes";

/** What makes things that no policy sees: charts that Helm applies itself, commands, and programs within the program. */
const OPAQUE: readonly { readonly types: RegExp; readonly what: string; readonly fix: string }[] = [
  {
    types: /^kubernetes:helm\.sh\/v\d+:Release$/,
    what: "has Helm apply objects that no policy sees",
    fix: "Use kubernetes.helm.v4.Chart, which registers every object.",
  },
  {
    types: /^command:/,
    what: "runs a command whose effects no policy sees",
    fix: "Describe what the command makes as resources.",
  },
  {
    types: /^pulumi-(nodejs|python):dynamic/,
    what: "runs code of its own whose effects no policy sees",
    fix: "Describe what it makes as resources of a provider.",
  },
  {
    types: /^(argocd|flux):/,
    what: "has another program apply what is in a repository, which no policy sees",
    fix: "Check the repository's own pull requests with npm run policy.",
  },
];

export const opaqueInstallers = resourceRule({
  id: "cloud-opaque-installers",
  title: "Everything that is made is there for the policies to see",
  severity: "medium",
  why: "Policies judge resources: what a chart's own installer or a command applies passes all of them by, however strict they are.",
  remediation:
    "Describe what is installed as resources, or have the exception reviewed and put into the parameter allow.",
  url: "https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/choosing-the-right-helm-resource-for-your-use-case/",
  frameworks: [],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "mandatory" },
  parameters: z.strictObject({
    allow: z.array(z.string()).default([]).describe("Names of resources that were reviewed and may stay"),
  }),
  subjects: (resource) =>
    resource.type === PROVIDER || OPAQUE.some(({ types }) => types.test(resource.type))
      ? [resourceSubject(resource)]
      : [],
  checks: {
    installer: ({ resource, name }, { parameters: { allow } }) => {
      const opaque = OPAQUE.find(({ types }) => types.test(resource.type));
      if (opaque === undefined || allow.includes(resource.name)) return;
      return { message: `${name} ${opaque.what}`, path: [], fix: opaque.fix };
    },
    rendered: ({ resource, value, name }, { parameters: { allow } }) => {
      const path = ["renderYamlToDirectory"];
      if (resource.type !== PROVIDER || allow.includes(resource.name) || at(value, ...path) === undefined) return;
      return {
        message: `${name} writes objects to files for somebody else to apply`,
        path,
        fix: "Leave renderYamlToDirectory out.",
      };
    },
  },
  examples: {
    good: [
      `
type: kubernetes:helm.sh/v4:Chart
properties: { chart: kube-prometheus-stack }
---
type: pulumi:providers:kubernetes
properties: { kubeconfig: k }
`,
    ],
    bad: {
      installer: `
type: kubernetes:helm.sh/v3:Release
properties: { chart: kube-prometheus-stack }
`,
      rendered: `
type: pulumi:providers:kubernetes
properties: { renderYamlToDirectory: out }
`,
    },
  },
});
