import { at, entriesAt, listAt } from "../../reading.ts";
import type { PodSecurityCheck } from "./check.ts";

const ALLOWED = [
  ...["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim"],
  ...["projected", "secret"],
];

export const volumeChecks: readonly PodSecurityCheck[] = [
  {
    id: "restrictedVolumes",
    level: "restricted",
    overrides: "hostPathVolumes",
    pod: ({ value }) =>
      listAt(value, "volumes").flatMap((volume, index) => {
        if (ALLOWED.some((source) => at(volume, source) !== undefined)) return [];
        // Without a source it becomes an emptyDir.
        const sources = entriesAt(volume).filter(([key, source]) => key !== "name" && source !== null);
        const [source] = sources;
        if (source === undefined) return [];
        return [{ path: ["volumes", index], message: `has a volume of the type ${source[0]}` }];
      }),
  },
];
