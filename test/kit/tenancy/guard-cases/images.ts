import type { GuardCase } from "./guard-case.ts";
import { container, pod, withContainer } from "./requests.ts";

/** Of where images come from. */
export const imageCases: readonly GuardCase[] = [
  {
    guard: "images",
    what: "a place of the settings",
    request: withContainer({ image: "registry.example.com/ml/train@sha256:" + "0".repeat(64) }),
  },
  {
    guard: "images",
    what: "a neighbour of it",
    refused: "image registry.example.com/mlx/train:1 is from a place",
    request: withContainer({ image: "registry.example.com/mlx/train:1" }),
  },
  {
    guard: "images",
    what: "Docker Hub",
    refused: "image pytorch/pytorch:2.1 is from a place",
    request: withContainer({ image: "pytorch/pytorch:2.1" }),
  },
  {
    guard: "images",
    what: "an official image",
    refused: "image busybox is from a place",
    request: withContainer({ image: "busybox" }),
  },
  { guard: "images", what: "an official image of the platform", request: withContainer({ image: "python:3.7" }) },
  {
    guard: "images",
    what: "the same by an old name",
    request: withContainer({ image: "index.docker.io/library/python:3.7" }),
  },
  {
    guard: "images",
    what: "a registry that begins alike",
    refused: "image quay.io.example.com/ml/train:1 is from",
    request: withContainer({ image: "quay.io.example.com/ml/train:1" }),
  },
  {
    guard: "images",
    what: "a registry on a port",
    refused: "image quay.io:5000/ml/train:1 is from",
    request: withContainer({ image: "quay.io:5000/ml/train:1" }),
  },
  {
    guard: "images",
    what: "an init container from elsewhere",
    refused: "image localhost/x is from",
    request: pod({ initContainers: [container({ name: "setup", image: "localhost/x" })] }),
  },
];
