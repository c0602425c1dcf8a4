/** How a cluster is reached with the credentials of whoever runs a cloud's own command. */
export interface ExecAccess {
  /** `https://` and host of the API server. */
  readonly server: string;
  /** Base64 of the PEM of the authority that signed its certificate. */
  readonly authority: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Told where the command is missing. */
  readonly installHint: string;
}

/**
 * A kubeconfig, as JSON, whose credentials a command gives each time: nothing in it runs out, and nobody who only reads
 * it gets in.
 */
export function execKubeconfig(access: ExecAccess): string {
  const { server, authority, command, args, installHint } = access;
  const name = "kubeflow";
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    contexts: [{ name, context: { cluster: name, user: name } }],
    clusters: [{ name, cluster: { server, "certificate-authority-data": authority } }],
    users: [
      {
        name,
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1beta1",
            command,
            args,
            interactiveMode: "Never",
            installHint,
            provideClusterInfo: false,
          },
        },
      },
    ],
  });
}
