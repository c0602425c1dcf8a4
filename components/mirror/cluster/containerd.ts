import { movingTo } from "../../kubeflow/images/rewrite.ts";
import { parseReference } from "../../kubeflow/images/reference.ts";
import { servedBy } from "../registry/address.ts";

/** Files for nodes, by path. */
export type NodeFiles = ReadonlyMap<string, string>;

/**
 * How container runtimes of nodes find a mirror without any reference being rewritten: containerd's hosts.toml, CRI-O's
 * registries.conf, and the registries.yaml of k3s and RKE2. The mirror itself stands as the server, so that no runtime
 * falls back to the registry of the image. `ca` is the path of its authority on the nodes.
 */
export function nodeFiles(references: readonly string[], to: string, ca?: string): NodeFiles {
  const hosts = [...new Set(references.map((reference) => parseReference(reference).host))].sort();
  return new Map([
    ...hosts.map((host): [string, string] => [`containerd/certs.d/${host}/hosts.toml`, hostsToml(host, to, ca)]),
    ["crio/registries.conf.d/kubeflow-mirror.conf", registriesConf(hosts, to)],
    ["k3s/registries.yaml", registriesYaml(hosts, to, ca)],
  ]);
}

/** The folder of a host's images in the mirror: `registry.example.com`, `kubeflow/docker.io`. */
function folderOf(host: string, to: string): { readonly registry: string; readonly folder: string } {
  const { host: registry, path } = movingTo(to)({ host, path: "image" });
  return { registry, folder: path.slice(0, -"/image".length) };
}

function hostsToml(host: string, to: string, ca: string | undefined): string {
  const { registry, folder } = folderOf(host, to);
  const url = `https://${registry}/v2/${folder}`;
  return [
    `# ${host}, served by ${servedBy(host)} where there is a way out`,
    `server = ${JSON.stringify(url)}`,
    "",
    `[host.${JSON.stringify(url)}]`,
    '  capabilities = ["pull", "resolve"]',
    "  override_path = true",
    ...(ca === undefined ? [] : [`  ca = ${JSON.stringify(ca)}`]),
    "",
  ].join("\n");
}

function registriesConf(hosts: readonly string[], to: string): string {
  return hosts
    .map((host) => {
      const { registry, folder } = folderOf(host, to);
      return [
        "[[registry]]",
        `prefix = ${JSON.stringify(host)}`,
        // The location itself is the mirror: there is nothing to fall back to.
        `location = ${JSON.stringify(`${registry}/${folder}`)}`,
        "",
      ].join("\n");
    })
    .join("\n");
}

function registriesYaml(hosts: readonly string[], to: string, ca: string | undefined): string {
  const { registry } = folderOf("docker.io", to);
  const mirrors = hosts.flatMap((host) => {
    const { folder } = folderOf(host, to);
    return [
      `  ${JSON.stringify(host)}:`,
      `    endpoint: [${JSON.stringify(`https://${registry}`)}]`,
      `    rewrite: {"^(.*)$": ${JSON.stringify(`${folder}/$1`)}}`,
    ];
  });
  const tls =
    ca === undefined ? [] : ["configs:", `  ${JSON.stringify(registry)}:`, `    tls: {ca_file: ${JSON.stringify(ca)}}`];
  return ["mirrors:", ...mirrors, ...tls, ""].join("\n");
}
