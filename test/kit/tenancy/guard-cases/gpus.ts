import type { GuardCase } from "./guard-case.ts";
import { pod, withContainer, GPU, TOLERATION, POOL } from "./requests.ts";

/** Of GPUs and their pools. */
export const gpuCases: readonly GuardCase[] = [
  {
    guard: "gpus",
    what: "a GPU with toleration and pool",
    request: withContainer({ resources: GPU }, { ...TOLERATION, ...POOL("a100") }),
  },
  {
    guard: "gpus",
    what: "a GPU without toleration",
    refused: "must tolerate the taint",
    request: withContainer({ resources: GPU }, POOL("a100")),
  },
  {
    guard: "gpus",
    what: "a GPU without pool",
    otherwise: "it does not know which profile may use which pool",
    refused: "must choose one of its profile's pools",
    request: withContainer({ resources: GPU }, TOLERATION),
  },
  {
    guard: "gpus",
    what: "the pool of others",
    otherwise: "it does not know which profile may use which pool",
    refused: "the GPU pool v100 is not one of this profile's",
    request: withContainer({ resources: GPU }, { ...TOLERATION, ...POOL("v100") }),
  },
  {
    guard: "gpus",
    what: "the pool of others, without a GPU",
    otherwise: "it does not know which profile may use which pool",
    refused: "the GPU pool v100 is not one of this profile's",
    request: pod(POOL("v100")),
  },
  { guard: "gpus", what: "a GPU node for no GPU", refused: "may not tolerate GPU nodes", request: pod(TOLERATION) },
  {
    guard: "gpus",
    what: "every node for no GPU",
    refused: "may not tolerate GPU nodes",
    request: pod({ tolerations: [{ operator: "Exists" }] }),
  },
  { guard: "gpus", what: "another toleration", request: pod({ tolerations: [{ key: "spot", operator: "Exists" }] }) },
  {
    guard: "gpus",
    what: "a slice of a GPU without toleration",
    refused: "must tolerate the taint",
    request: withContainer({ resources: { limits: { memory: "1Gi", "nvidia.com/mig-1g.5gb": "1" } } }, POOL("a100")),
  },
  {
    guard: "gpus",
    what: "no GPU, in so many words",
    request: withContainer({ resources: { limits: { memory: "1Gi", "nvidia.com/gpu": "0" } } }),
  },
];
