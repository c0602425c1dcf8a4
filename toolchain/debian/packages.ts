/** One package of Debian, for amd64. */
export interface Package {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
}

/** A program that comes as a package of Debian. */
export interface Program {
  readonly version: string;
  /** Arguments with which it prints its version. */
  readonly askVersion: readonly string[];
  /** Its own package first, then those with its libraries that not every system has. */
  readonly packages: readonly Package[];
}

/** The release of Debian; no version in it changes any more. */
export const SUITE = "bookworm";

/** Clients and registries of years ago that sites still run; only tests and benchmarks of the mirror need them. */
export const PROGRAMS = {
  skopeo: {
    version: "1.9.3",
    askVersion: ["--version"],
    packages: [
      {
        name: "skopeo",
        version: "1.9.3+ds1-1+b10",
        sha256: "5c1978f6a95577b143be772bbe50c247a28132a5cc961c74d4d2a6f2b1ab4f3d",
      },
      {
        name: "libgpgme11",
        version: "1.18.0-3+b1",
        sha256: "dc075584050dc5c8ac27563fc222e8c1ea71128a019a6d129d5823e47ac1e55e",
      },
      {
        name: "libassuan0",
        version: "2.5.5-5",
        sha256: "5912430927da16ccc831459679207fdbb9dfc5a206f2bab8d6f36d5a1ab53e25",
      },
      {
        name: "libgpg-error0",
        version: "1.46-1",
        sha256: "89944ee11d7370ce6ef46fc52f094c4a6512eff8943ec4c6ebefeae6360ceada",
      },
      {
        name: "libdevmapper1.02.1",
        version: "2:1.02.185-2",
        sha256: "aaa78ca236055fedccf637eacf7bda02bf1980b2db668dccd202b04d0d2cfe04",
      },
    ],
  },
  "docker-registry": {
    version: "2.8.2",
    askVersion: ["--version"],
    packages: [
      {
        name: "docker-registry",
        version: "2.8.2+ds1-1",
        sha256: "a9bd06c0e006854608f8469b4371743f40604ad90975532bb3b7ceeb72fe2913",
      },
    ],
  },
} as const satisfies Record<string, Program>;

export type DebianProgram = keyof typeof PROGRAMS;
