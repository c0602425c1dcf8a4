import { arch as machine, platform as system } from "node:process";
import { UserError } from "../components/kit/errors.ts";

/** Every binary the project runs for its users, in the order in which a build from nothing is quickest. */
export const TOOLS = [
  "kustomize",
  "etcd",
  "kwok",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubectl",
] as const;

/** What only tests and benchmarks of the mirror run: a registry, and the clients that ours is compared with. */
export const TEST_TOOLS = ["registry", "crane", "regctl"] as const;

export type Tool = (typeof TOOLS)[number] | (typeof TEST_TOOLS)[number];

/** The patch release that stands for each supported minor; `modules/kubernetes-<minor>` pins its Go modules. */
export const KUBERNETES = {
  "1.33": "1.33.13",
  "1.34": "1.34.4",
  "1.35": "1.35.4",
  "1.36": "1.36.3",
} as const satisfies Record<string, string>;

export type KubernetesMinor = keyof typeof KUBERNETES;

export const DEFAULT_KUBERNETES: KubernetesMinor = "1.34";

/** An operating system and processor as Go and the release pages name them. */
export interface Platform {
  readonly os: "linux" | "darwin";
  readonly arch: "amd64" | "arm64";
}

/** Versions that serve as well as the pinned one: `atLeast` <= version < `below`. */
export interface VersionRange {
  readonly atLeast: string;
  readonly below: string;
}

/** An official download. `checksums` lists SHA-256 digests: a bare digest of `url`, or lines of digest and file name. */
export interface Release {
  readonly url: string;
  readonly checksums: string;
  /** Path of the binary in the archive, where `url` is a tar.gz. */
  readonly member?: string;
}

/** One binary of one version for one platform, and every way to get it. */
export interface Pin {
  readonly tool: Tool;
  readonly version: string;
  readonly platform: Platform;
  /** What a binary that was not obtained here may be; by default exactly `version`. */
  readonly accepts?: VersionRange;
  /** Arguments with which the binary prints its version. */
  readonly askVersion: readonly string[];
  /** Folder below `modules/` whose go.mod and go.sum pin the source. */
  readonly module: string;
  /** The Go package that is built. */
  readonly package: string;
  /** Variables the linker sets, where the source does not carry its own version. */
  readonly linkerVariables: Readonly<Record<string, string>>;
  /** Seconds a first build takes on 2 cores after the tools before it in TOOLS. */
  readonly buildSeconds: number;
  /** Absent where the publisher offers no binary for the platform, or none with a checksum file. */
  readonly release?: Release;
}

/** The platform of this machine. Throws UserError where nothing can be built or downloaded for it. */
export function hostPlatform(): Platform {
  const arch = { x64: "amd64", arm64: "arm64" } as const;
  if ((system === "linux" || system === "darwin") && (machine === "x64" || machine === "arm64")) {
    return { os: system, arch: arch[machine] };
  }
  throw new UserError(`no Kubernetes control plane runs on ${system}/${machine}`, {
    next: "use Linux or macOS on x64 or arm64 (on Windows: WSL)",
  });
}

/** The pin of `tool`; the components of a control plane follow `minor`, one kubectl serves to look into any of them. */
export function pinOf(tool: Tool, minor: KubernetesMinor, platform: Platform): Pin {
  switch (tool) {
    case "kube-apiserver":
      return kubernetes(tool, minor, platform, { askVersion: ["--version"], buildSeconds: 210 });
    case "kube-controller-manager":
      return kubernetes(tool, minor, platform, { askVersion: ["--version"], buildSeconds: 100 });
    case "kube-scheduler":
      return kubernetes(tool, minor, platform, { askVersion: ["--version"], buildSeconds: 25 });
    case "kubectl":
      return kubernetes(tool, DEFAULT_KUBERNETES, platform, { askVersion: ["version", "--client"], buildSeconds: 45 });
    case "etcd":
      return etcd(platform);
    case "kwok":
      return kwok(platform);
    case "kustomize":
      return kustomize(platform);
    case "registry":
      return registry(platform);
    case "crane":
      return crane(platform);
    case "regctl":
      return regctl(platform);
  }
}

function kubernetes(
  tool: Tool,
  minor: KubernetesMinor,
  platform: Platform,
  own: Pick<Pin, "askVersion" | "buildSeconds">,
): Pin {
  const version = KUBERNETES[minor];
  const [major = "", minorNumber = ""] = minor.split(".");
  const variables = "k8s.io/component-base/version";
  const url = `https://dl.k8s.io/release/v${version}/bin/${platform.os}/${platform.arch}/${tool}`;
  const released = platform.os === "linux" || tool === "kubectl";
  return {
    tool,
    version,
    platform,
    module: `kubernetes-${minor}`,
    package: `k8s.io/kubernetes/cmd/${tool}`,
    linkerVariables: {
      [`${variables}.gitVersion`]: `v${version}`,
      [`${variables}.gitMajor`]: major,
      [`${variables}.gitMinor`]: minorNumber,
    },
    ...own,
    ...(released && { release: { url, checksums: `${url}.sha256` } }),
  };
}

function etcd(platform: Platform): Pin {
  const version = "3.6.5";
  const name = `etcd-v${version}-${platform.os}-${platform.arch}`;
  const folder = `https://github.com/etcd-io/etcd/releases/download/v${version}`;
  const release = { url: `${folder}/${name}.tar.gz`, checksums: `${folder}/SHA256SUMS`, member: `${name}/etcd` };
  return {
    tool: "etcd",
    version,
    platform,
    accepts: { atLeast: version, below: "3.7.0" },
    askVersion: ["--version"],
    module: "tools",
    package: "go.etcd.io/etcd/server/v3",
    linkerVariables: {},
    buildSeconds: 20,
    ...(platform.os === "linux" && { release }),
  };
}

/** Built only: its releases come without a checksum file, and none is invented here. */
function kwok(platform: Platform): Pin {
  const version = "0.7.0";
  return {
    tool: "kwok",
    version,
    platform,
    accepts: { atLeast: version, below: "0.8.0" },
    askVersion: ["--version"],
    module: "tools",
    package: "sigs.k8s.io/kwok/cmd/kwok",
    linkerVariables: {},
    buildSeconds: 30,
  };
}

function kustomize(platform: Platform): Pin {
  const version = "5.8.1";
  const folder = `https://github.com/kubernetes-sigs/kustomize/releases/download/kustomize%2Fv${version}`;
  return {
    tool: "kustomize",
    version,
    platform,
    accepts: { atLeast: "5.4.3", below: "6.0.0" },
    askVersion: ["version"],
    module: "tools",
    package: "sigs.k8s.io/kustomize/kustomize/v5",
    linkerVariables: {},
    buildSeconds: 20,
    release: {
      url: `${folder}/kustomize_v${version}_${platform.os}_${platform.arch}.tar.gz`,
      checksums: `${folder}/checksums.txt`,
      member: "kustomize",
    },
  };
}

/** Built only, as the other tools of the tests: each user of them has a Go, and builds are what the pins are compared by. */
function registry(platform: Platform): Pin {
  const version = "3.1.2";
  const module = "github.com/distribution/distribution/v3";
  return {
    tool: "registry",
    version,
    platform,
    askVersion: ["--version"],
    module: "registry",
    package: `${module}/cmd/registry`,
    linkerVariables: { [`${module}/version.version`]: `v${version}` },
    buildSeconds: 120,
  };
}

function crane(platform: Platform): Pin {
  const version = "0.22.1";
  const folder = "github.com/google/go-containerregistry/cmd/crane";
  return {
    tool: "crane",
    version,
    platform,
    askVersion: ["version"],
    module: "image-tools",
    package: folder,
    linkerVariables: { [`${folder}/cmd.Version`]: version },
    buildSeconds: 15,
  };
}

function regctl(platform: Platform): Pin {
  const version = "0.11.7";
  const module = "github.com/regclient/regclient";
  return {
    tool: "regctl",
    version,
    platform,
    askVersion: ["version"],
    module: "image-tools",
    package: `${module}/cmd/regctl`,
    linkerVariables: { [`${module}/internal/version.vcsTag`]: `v${version}` },
    buildSeconds: 10,
  };
}
