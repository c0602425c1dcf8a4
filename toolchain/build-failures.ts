/** What a failed `go build` means to the person at the terminal. */
export interface BuildFailure {
  readonly cause: string;
  readonly next: string;
}

const KNOWN: readonly (BuildFailure & { readonly sign: RegExp })[] = [
  {
    sign: /no space left on device|disk quota exceeded/i,
    cause: "the disk is full",
    next: "free 6 GB where `go env GOCACHE GOMODCACHE` and the cache are, or move them: GOCACHE, GOMODCACHE, XDG_CACHE_HOME",
  },
  {
    sign: /SECURITY ERROR|checksum mismatch/,
    cause: "a downloaded module is not the one that go.sum pins",
    next: "run `go clean -modcache` and try again; if it stays, the module proxy serves altered code: do not use it",
  },
  {
    sign: /dial tcp|i\/o timeout|TLS handshake|no such host|proxyconnect|module lookup disabled|connection re(?:fused|set)/,
    cause: "Go modules cannot be downloaded",
    next: "check the network, or point GOPROXY at a module proxy that can be reached",
  },
  {
    sign: /signal: killed|cannot allocate memory|out of memory/,
    cause: "the memory ran out",
    next: "free 2 GB of memory, or build with GOMAXPROCS=1 in the environment",
  },
  {
    sign: /permission denied|read-only file system/,
    cause: "Go cannot write its caches",
    next: "make the folders of `go env GOCACHE GOMODCACHE` writable, or set those variables to folders that are",
  },
];

const UNKNOWN: BuildFailure = {
  cause: "go build ended with an error",
  next: "run it again; if it stays, set KUBEFLOW_TOOL_<NAME> to a binary of your own",
};

/** The known failure that the output of `go build` shows, the most specific first. */
export function explainBuildFailure(output: string): BuildFailure {
  return KNOWN.find(({ sign }) => sign.test(output)) ?? UNKNOWN;
}
