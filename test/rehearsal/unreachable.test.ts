import { createServer as createHttps } from "node:https";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PROJECT } from "../../components/settings/parse.ts";
import { createAuthority } from "../../rehearsal/control-plane/pki.ts";
import { memoryState, run } from "../../rehearsal/host/index.ts";
import { KubernetesProvider } from "../../rehearsal/providers/kubernetes/index.ts";
import { PROGRAM, readStack } from "../../rehearsal/stack.ts";

const NEXT =
  "\n  Next: kubectl --context site get nodes; the settings cluster.kubeconfig and cluster.context say which cluster is meant";

const open: Socket[] = [];
const servers: Server[] = [];
let trusted: string;
/** Where nothing listens, where connections are taken and never answered, and where somebody else answers. */
let closed: string;
let silent: string;
let foreign: string;
let locked: string;

beforeAll(async () => {
  const [authority, other] = await Promise.all([createAuthority("site"), createAuthority("elsewhere")]);
  trusted = authority.certificate;
  const subject = { commonName: "kube-apiserver", ipAddresses: ["127.0.0.1"] };
  const [own, others] = await Promise.all([authority.issue(subject), other.issue(subject)]);
  const refuse = createHttps({ cert: own.certificate, key: own.key }, (_, response) => {
    response.writeHead(401, { "content-type": "application/json" }).end('{"kind":"Status","code":401}');
  });
  const gone = createServer();
  closed = await listen(gone);
  await new Promise((resolve) => gone.close(resolve));
  silent = await listen(createServer((socket) => void open.push(socket)));
  foreign = await listen(createHttps({ cert: others.certificate, key: others.key }));
  locked = await listen(refuse);
});

afterAll(async () => {
  for (const socket of open) socket.destroy();
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
});

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push(server);
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function kubeconfigOf(server: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "site",
    clusters: [
      { name: "site", cluster: { server, "certificate-authority-data": Buffer.from(trusted).toString("base64") } },
    ],
    users: [{ name: "admin", user: { token: "t" } }],
    contexts: [{ name: "site", context: { cluster: "site", user: "admin" } }],
  });
}

/** A whole `pulumi up` of dev, as the rehearsal's host runs it, onto a cluster of these settings. */
async function up(cluster: object) {
  const state = memoryState();
  let configured = 0;
  const kubernetes = () => {
    configured += 1;
    return new KubernetesProvider();
  };
  const { config } = await readStack({ environment: "dev", cloud: "existing" });
  const result = await run({
    program: PROGRAM,
    project: PROJECT,
    stack: "dev",
    config: new Map([
      ...config,
      [`${PROJECT}:cluster`, { value: JSON.stringify(cluster), secret: true }],
      [`${PROJECT}:secret`, { value: "0123456789abcdef0123456789abcdef", secret: true }],
    ]),
    providers: new Map([["kubernetes", kubernetes]]),
    state,
  });
  return { ...result, configured, left: (await state.load()).resources };
}

describe("a whole run onto a cluster that cannot be looked at", () => {
  it.each<[string, () => object, () => string | RegExp]>([
    [
      "where nothing listens",
      () => ({ kubeconfig: kubeconfigOf(closed) }),
      () => about(closed, `connect ECONNREFUSED ${new URL(closed).host}`),
    ],
    [
      "by a name of several addresses, where nothing listens",
      () => ({ kubeconfig: kubeconfigOf(closed.replace("127.0.0.1", "localhost")) }),
      () => /, https:\/\/localhost:\d+, cannot be asked .* your rights: (connect ECONNREFUSED \S+(, )?)+\n/,
    ],
    [
      "where nobody answers",
      () => ({ kubeconfig: kubeconfigOf(silent) }),
      () => about(silent, "no answer within 10 s"),
    ],
    [
      "where another authority's server answers",
      () => ({ kubeconfig: kubeconfigOf(foreign) }),
      () => about(foreign, "its certificate is not by the authority that the kubeconfig names"),
    ],
    [
      "that does not know who asks",
      () => ({ kubeconfig: kubeconfigOf(locked) }),
      () => about(locked, "it answers 401 Unauthorized"),
    ],
    [
      "of a context that is not in the kubeconfig",
      () => ({ kubeconfig: kubeconfigOf(closed), context: "elsewhere" }),
      () =>
        "the kubeconfig has no cluster for its context elsewhere\n  Next: one of: site; the setting cluster.context says which",
    ],
    [
      "whose kubeconfig is not there",
      () => ({ kubeconfig: "./nowhere/config" }),
      () => "cluster.kubeconfig cannot be read: ENOENT\n  Next: give the text or the path of a kubeconfig",
    ],
  ])("%s says so once, and registers nothing", async (_, cluster, message) => {
    const { ok, failures, resources, configured, left } = await up(cluster());
    expect(ok).toBe(false);
    expect(failures).toHaveLength(1);
    const expected = message();
    if (typeof expected === "string") expect(failures[0]?.message).toBe(expected);
    else expect(failures[0]?.message).toMatch(expected);
    expect(failures[0]?.message).not.toContain("    at ");
    expect(resources.map(({ type }) => type)).toEqual(["pulumi:pulumi:Stack"]);
    expect(left.map(({ urn }) => urn.split("::")[2])).toEqual(["pulumi:pulumi:Stack"]);
    expect(configured).toBe(0);
  });
});

function about(server: string, why: string): string {
  return `the cluster of context site, ${server}, cannot be asked for its version, nodes and StorageClasses, and for your rights: ${why}${NEXT}`;
}
