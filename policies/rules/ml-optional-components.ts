import { z } from "zod";
import { formatSize } from "../../components/kit/units.ts";
import { isSoForOne } from "../kubernetes/decide.ts";
import { footprintOf } from "../kubernetes/footprint.ts";
import { nameOf, referenceOf } from "../kubernetes/reference.ts";
import { podTemplatesOf } from "../kubernetes/pod-templates.ts";
import { textAt } from "../reading.ts";
import type { KubernetesSubject, Stack, Subject } from "../resource.ts";
import { stackRule } from "../rule.ts";
import { resourceSubject } from "../subjects.ts";

/** A part of the program that is a component, or a workload. */
interface ComponentSubject extends Subject {
  /** Name of the part. */
  readonly part?: string;
  readonly object?: KubernetesSubject;
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
  subjects: (stack) => [...partsOf(stack), ...workloadsOf(stack)],
  checks: {
    part: ({ part, resource }, { stack, parameters: { optional, justification } }) => {
      if (part === undefined || !optional.includes(part) || justification[part] !== undefined) return;
      // URNs of children have the types of all that they are part of.
      const objects = stack.objects.filter((object) => object.resource.urn.includes(`$${resource.type}$`));
      return { message: `${part} adds ${told(objects)}, and nobody said what for`, path: [] };
    },
    image: ({ object, name }, { parameters: { optional, justification } }) => {
      if (object === undefined) return;
      const component = optional.find((each) => justification[each] === undefined && isOf(object, BY_IMAGE[each]));
      if (component === undefined) return;
      return { message: `${name} is ${component}; it adds ${told([object])}, and nobody said what for`, path: [] };
    },
  },
  examples: {
    good: ["type: kubeflow:kubeflow:KnativeEventing"],
    bad: {
      part: "type: kubeflow:kubeflow:Tensorboards",
      image: `
apiVersion: apps/v1
kind: Deployment
metadata: { name: feast, namespace: kubeflow }
spec: { template: { spec: { containers: [{ name: feast, image: "feastdev/feast-operator:0.40.0" }] } } }
`,
    },
    parameters: { justification: { KnativeEventing: "Pipelines are started by events of the object store." } },
  },
});

function partsOf({ resources }: Stack): ComponentSubject[] {
  return resources
    .filter(({ type }) => type.startsWith("kubeflow:kubeflow:"))
    .map((part) => ({ ...resourceSubject(part), part: part.type.slice(part.type.lastIndexOf(":") + 1) }));
}

function workloadsOf(stack: Stack): ComponentSubject[] {
  return ["Deployment", "StatefulSet"].flatMap((kind) =>
    stack.objectsOf(kind, "apps").map((object) => ({ ...object, object })),
  );
}

function isOf(object: KubernetesSubject, pattern: RegExp | undefined): boolean {
  if (pattern === undefined) return false;
  const containers = podTemplatesOf(object).flatMap((template) => template.containers);
  return isSoForOne(containers, ({ value }) => {
    const reference = referenceOf(textAt(value, "image"));
    return reference !== undefined && pattern.test(nameOf(reference));
  });
}

/** What the pods of objects request, in words. */
function told(objects: readonly KubernetesSubject[]): string {
  const { cpu, memory } = footprintOf(objects, 1);
  return `${cpu.toFixed(2)} CPUs and ${formatSize(Math.max(1, memory))} of requests`;
}
