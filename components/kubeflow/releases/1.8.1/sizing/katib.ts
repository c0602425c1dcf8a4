import type { Sizing } from "../../../resources/sizing.ts";
import { README } from "./sources.ts";

/** Katib and its database. */
export const katib: Readonly<Record<string, Sizing>> = {
  "kubeflow/katib-controller katib-controller": {
    dev: [10, 128],
    prod: [50, 512],
    source: `${README}: Katib 13m, 476Mi`,
  },
  "kubeflow/katib-db-manager katib-db-manager": {
    dev: [10, 64],
    prod: [20, 128],
    source: `${README}: Katib 13m, 476Mi`,
  },
  "kubeflow/katib-ui katib-ui": { dev: [10, 64], prod: [20, 128], source: `${README}: Katib 13m, 476Mi` },
  "kubeflow/katib-mysql katib-mysql": {
    dev: [20, 512],
    prod: [100, 1024],
    source: `${README}: Katib 13m, 476Mi, most of it the buffer pool of MySQL`,
  },
};
