import { z } from "zod";
import { asksForGpu, selectedLabels } from "../kubernetes/gpus.ts";
import { type ContainerSubject, containers } from "../kubernetes/pod-templates.ts";
import { referenceOf } from "../kubernetes/reference.ts";
import { textAt } from "../reading.ts";
import type { Subject } from "../resource.ts";
import { resourceRule } from "../rule.ts";

/** CUDA in the tag or name of an image: `12.1.0-cuda12.2`, `pytorch:2.1-cu121`, `cuda:12.2.0-runtime`. */
const CUDA = /(?:^|[^a-z])cu(?:da)?[-_:]?v?(\d{2})[._-]?(\d)(?!\d)/i;

/** The oldest branch of the driver that runs anything of a major version of CUDA, as NVIDIA's notes on compatibility say. */
const OLDEST_DRIVER: Readonly<Record<number, number>> = { 11: 450, 12: 525, 13: 580 };

const cuda = z.string().regex(/^\d+\.\d+$/, "must be a version such as 12.4");

const parameters = z.strictObject({
  driverByPool: z
    .record(
      z.string(),
      z.strictObject({
        driver: z.string().regex(/^\d+/, "must begin with the branch of the driver, such as 580.159.03"),
        cuda: cuda.describe("The newest CUDA that the driver runs"),
      }),
    )
    .default({})
    .describe("Drivers by the name of their node pool; * stands for all pools that are not named"),
  poolLabel: z.string().default("kubeflow-on-pulumi/pool").describe("Label of nodes that names their pool"),
});

type Parameters = z.infer<typeof parameters>;

export const cudaDriverMatch = resourceRule({
  id: "ml-cuda-driver-match",
  title: "Images that use GPUs are built for a CUDA that the driver runs",
  severity: "high",
  why: "An image built for CUDA 12.2 on a driver for 12.1 starts, finds no GPU or fails in the middle of a kernel; finding that out has cost teams days.",
  remediation: "Take an image built for the CUDA of the node's driver or an older one of the same major version.",
  url: "https://docs.nvidia.com/deploy/cuda-compatibility/",
  frameworks: [],
  levels: { dev: "advisory", prod: "mandatory", airgapped: "mandatory" },
  checkLevels: { unknownDriver: { dev: "advisory", prod: "advisory", airgapped: "advisory" } },
  parameters,
  subjects: (resource) => containers(resource),
  checks: {
    newer: (container, { parameters }) => {
      const need = cudaOf(container);
      const driver = need && driverFor(container, parameters);
      if (need === undefined || driver === undefined) return;
      const [major = 0, minor = 0] = driver.cuda.split(".").map(Number);
      if (need.major < major || (need.major === major && need.minor <= minor)) return;
      const message = `${container.name} needs CUDA ${need.major}.${need.minor}; pool ${driver.pool} runs driver ${driver.driver}, which has CUDA ${driver.cuda}`;
      return { message, path: ["image"] };
    },
    driver: (container, { parameters }) => {
      const need = cudaOf(container);
      const driver = need && driverFor(container, parameters);
      const oldest = need && OLDEST_DRIVER[need.major];
      if (need === undefined || driver === undefined || oldest === undefined) return;
      if (Number.parseInt(driver.driver, 10) >= oldest) return;
      const message = `${container.name} needs CUDA ${need.major}, which takes driver ${oldest} or newer; pool ${driver.pool} runs ${driver.driver}`;
      return { message, path: ["image"] };
    },
    unknownDriver: (container, { parameters }) => {
      const need = cudaOf(container);
      if (need === undefined || driverFor(container, parameters) !== undefined) return;
      return {
        message: `${container.name} needs CUDA ${need.major}.${need.minor}, and nobody said which driver its nodes run`,
        path: ["image"],
        fix: "Write the driver of the pool into the parameter driverByPool; kubectl describe node shows it.",
      };
    },
  },
  examples: {
    good: [pod("nvcr.io/nvidia/cuda:12.1.0-runtime-ubuntu22.04", "a100")],
    bad: {
      newer: pod("nvcr.io/nvidia/cuda:12.2.0-runtime-ubuntu22.04", "a100"),
      driver: pod("pytorch/pytorch:2.1.0-cuda12.1-cudnn8-runtime", "v100"),
      unknownDriver: pod("pytorch/pytorch:2.1.0-cuda12.1-cudnn8-runtime", "t4"),
    },
    parameters: {
      driverByPool: { a100: { driver: "530.30.02", cuda: "12.1" }, v100: { driver: "470.82.01", cuda: "12.1" } },
    },
  },
});

/** The CUDA that a container which asks for a GPU is built for, undefined for any other and where its image does not tell. */
function cudaOf({ value }: Subject): { readonly major: number; readonly minor: number } | undefined {
  if (!asksForGpu(value)) return undefined;
  const reference = referenceOf(textAt(value, "image"));
  const text = reference && `${reference.path.slice(reference.path.lastIndexOf("/") + 1)}:${reference.tag ?? ""}`;
  const [, major, minor] = CUDA.exec(text ?? "") ?? [];
  return major === undefined || minor === undefined ? undefined : { major: Number(major), minor: Number(minor) };
}

function driverFor({ podSpec }: ContainerSubject, { driverByPool, poolLabel }: Parameters) {
  const pools = selectedLabels(podSpec).get(poolLabel) ?? ["*"];
  const [pool] = pools.filter((each) => driverByPool[each] !== undefined);
  const found = driverByPool[pool ?? "*"];
  return found && { pool: pool ?? pools.join(", "), ...found };
}

function pod(image: string, pool: string): string {
  return `
apiVersion: v1
kind: Pod
metadata: { name: train, namespace: alice }
spec:
  nodeSelector: { kubeflow-on-pulumi/pool: ${pool} }
  containers: [{ name: main, image: "${image}", resources: { limits: { nvidia.com/gpu: 1 } } }]
`;
}
