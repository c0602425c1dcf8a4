import { z } from "zod";
import { formatSize } from "../../components/kit/units.ts";
import { footprintOf } from "../kubernetes/footprint.ts";
import { nameOf, referenceOf } from "../kubernetes/reference.ts";
import { podTemplatesOf } from "../kubernetes/pod-templates.ts";
import { peek } from "../reading.ts";
import type { KubernetesSubject, Stack, Subject } from "../resource.ts";
import { stackRule } from "../rule.ts";
import { resourceSubject } from "../subjects.ts";

/** A component, with the objects that are of it. */
interface ComponentSubject extends Subject {
  readonly component: string;
  readonly objects: readonly KubernetesSubject[];
}

/** Components that are known by what runs, where no part of the program stands for them. */
const BY_IMAGE: Readonly<Record<string, RegExp>> = {
  Feast: /^feast/,
  Seldon: /^seldon-core-operator/,
  Spark: /^spark-operator/,
};

export const optionalComponents = stackRule({
  id: "ml-optional-components",
  title: "What is installed beyond the core has a reason",
  severity: "low",
  why: "Every component takes memory, has to be upgraded and can break the others; teams that installed Feast or more of Istio than Kubeflow needs regretted it.",
  remediation: "Leave the component out, or write why it is needed into the parameter justification.",
  url: "https://www.kubeflow.org/docs/started/architecture/",
  frameworks: [],
  levels: { dev: "advisory", prod: "advisory", airgapped: "advisory" },
  parameters: z.strictObject({
    optional: z
      .array(z.string())
      .default(["Feast", "Seldon", "Spark", "KnativeEventing", "Tensorboards"])
      .describe("Components that Kubeflow works without"),
    justification: z
      .record(z.string(), z.string().min(10))
      .default({})
      .describe("Why a component is installed, by name"),
  }),
  subjects: componentsOf,
  checks: {
    justified: ({ component, objects, name }, { parameters: { optional, justification } }) => {
      if (!optional.includes(component) || justification[component] !== undefined) return;
      const { cpu, memory } = footprintOf(objects, 1);
      const adds = `${cpu.toFixed(2)} CPUs and ${formatSize(Math.max(1, memory))}`;
      return { message: `${name} adds ${adds} of requests, and nobody said what for`, path: [] };
    },
  },
  examples: {
    good: ["type: kubeflow:kubeflow:KnativeEventing"],
    bad: {
      justified: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: feast, namespace: kubeflow }
spec: { template: { spec: { containers: [{ name: feast, image: "feastdev/feast-operator:0.40.0" }] } } }
`,
    },
    parameters: { justification: { KnativeEventing: "Pipelines are started by events of the object store." } },
  },
});

function componentsOf(stack: Stack): ComponentSubject[] {
  const parts = stack.resources
    .filter(({ type }) => type.startsWith("kubeflow:kubeflow:"))
    .map((part): ComponentSubject => {
      const component = part.type.slice(part.type.lastIndexOf(":") + 1);
      // URNs of children have the types of all that they are part of.
      const objects = stack.objects.filter(({ resource }) => resource.urn.includes(`$${part.type}$`));
      return { ...resourceSubject(part), name: component, component, objects };
    });
  const seen = Object.entries(BY_IMAGE).flatMap(([component, image]): ComponentSubject[] => {
    const objects = stack.objects.filter((object) => isOf(object, image));
    const [first] = objects;
    return first === undefined ? [] : [{ ...first, name: component, component, objects }];
  });
  return [...parts, ...seen];
}

/** Whether it is known to be of a component: that is advice, for which what is unknown is no reason. */
function isOf(object: KubernetesSubject, pattern: RegExp): boolean {
  if (object.kind !== "Deployment" && object.kind !== "StatefulSet") return false;
  return podTemplatesOf(object).some(({ containers }) =>
    containers.some(({ value }) => {
      const reference = referenceOf(peek(value, ["image"]));
      return reference !== undefined && pattern.test(nameOf(reference));
    }),
  );
}
