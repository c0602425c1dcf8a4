import type { ReleaseDefinition } from "../../kubeflow/releases/index.ts";
import { REPOSITORIES } from "./plugins.ts";

/** A machine that is to run Pulumi at the site. */
export interface Platform {
  readonly os: "linux" | "darwin";
  readonly cpu: "x64" | "arm64";
}

/** Something beside the images that an installation without a way out needs. */
export interface Need {
  readonly name: string;
  /** Whether a file of that name is it. */
  readonly isMetBy: (fileName: string) => boolean;
  /** What such a file is called. */
  readonly example: string;
  /** Where to get it, for what the project does not make by itself. */
  readonly from?: string;
  /** What to do with it at the site. */
  readonly use: string;
}

export const PROJECT_FILE = "kubeflow-on-pulumi.tar.gz";
export const PACKAGES_FILE = "npm-cache.tar";

/** The oldest Pulumi CLI, Node.js and kustomize that will do. */
export const OLDEST = { pulumi: "3.244.0", node: "22.18.0", kustomize: "5.4.3" } as const;

/** Everything, in the order in which it is used. `plugins`: providers by name with the version of their package. */
export function needsOf(
  release: Pick<ReleaseDefinition, "version" | "archive">,
  plugins: Readonly<Record<string, string>>,
  { os, cpu }: Platform,
): Need[] {
  const goCpu = cpu === "x64" ? "amd64" : cpu;
  return [
    {
      name: "Node.js",
      isMetBy: matching(String.raw`^node-v(?:2[2-9]|[3-9]\d)\.[\d.]+-${os}-${cpu}\.tar\.[gx]z$`),
      example: `node-v24.21.0-${os}-${cpu}.tar.xz`,
      from: "https://nodejs.org/dist",
      use: `unpack it and put its bin folder on the PATH; ${OLDEST.node} or newer`,
    },
    {
      name: "the project",
      isMetBy: exactly(PROJECT_FILE),
      example: PROJECT_FILE,
      use: "unpack it into a folder; everything else is run there",
    },
    {
      name: "npm packages",
      isMetBy: exactly(PACKAGES_FILE),
      example: PACKAGES_FILE,
      use: "unpack it and set npm_config_offline=true and npm_config_cache=<that folder>: the first command installs them",
    },
    {
      name: `manifests of Kubeflow v${release.version}`,
      isMetBy: exactly(release.archive),
      example: release.archive,
      from: "git archive of the pinned commit, or a copy that somebody has",
      use: "leave it in the project's folder; every object is compared with the lock",
    },
    {
      name: "kustomize",
      isMetBy: matching(String.raw`^kustomize_v5\.\d+\.\d+_${os}_${goCpu}\.tar\.gz$`),
      example: `kustomize_v5.7.1_${os}_${goCpu}.tar.gz`,
      from: "https://github.com/kubernetes-sigs/kustomize/releases",
      use: `put it on the PATH; ${OLDEST.kustomize} or newer`,
    },
    {
      name: "Pulumi CLI",
      isMetBy: matching(String.raw`^pulumi-v3\.[\d.]+-${os}-${cpu}\.tar\.gz$`),
      example: `pulumi-v3.274.1-${os}-${cpu}.tar.gz`,
      from: "https://github.com/pulumi/pulumi/releases",
      use: `put its folder on the PATH; ${OLDEST.pulumi} or newer`,
    },
    ...Object.entries(plugins).map(([plugin, version]) => {
      const example = `pulumi-resource-${plugin}-v${version}-${os}-${goCpu}.tar.gz`;
      return {
        name: `provider plugin ${plugin} ${version}`,
        isMetBy: exactly(example),
        example,
        from: `https://github.com/${REPOSITORIES[plugin] ?? `pulumi/pulumi-${plugin}`}/releases/tag/v${version}`,
        use: `pulumi plugin install resource ${plugin} v${version} --file ${example}`,
      };
    }),
  ];
}

function exactly(wanted: string): Need["isMetBy"] {
  return (fileName) => fileName === wanted;
}

function matching(pattern: string): Need["isMetBy"] {
  const expression = new RegExp(pattern);
  return (fileName) => expression.test(fileName);
}
