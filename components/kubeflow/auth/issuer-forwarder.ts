const PORT = 443;
const GATEWAY = "istio-ingressgateway.istio-system.svc.cluster.local";

/**
 * A container that passes the pod's own port 443 on to the ingress gateway, as bytes: TLS stays between the caller and
 * the gateway. With a host alias for 127.0.0.1 it makes the public host reachable whatever the cluster's DNS or its
 * load balancer say, and before either does.
 */
export function issuerForwarder(proxyImage: string): object {
  return {
    name: "issuer-forwarder",
    image: proxyImage,
    command: ["/usr/local/bin/envoy"],
    args: [
      "--config-yaml",
      JSON.stringify(forwarderConfig()),
      "--disable-hot-restart",
      "--concurrency",
      "1",
      "--log-level",
      "warning",
    ],
    resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "200m", memory: "64Mi" } },
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1337,
      runAsGroup: 1337,
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    },
  };
}

function forwarderConfig(): object {
  const at = (address: string) => ({ socket_address: { address, port_value: PORT } });
  return {
    static_resources: {
      listeners: [
        {
          name: "issuer",
          address: at("127.0.0.1"),
          filter_chains: [
            {
              filters: [
                {
                  name: "envoy.filters.network.tcp_proxy",
                  typed_config: {
                    "@type": "type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
                    stat_prefix: "issuer",
                    cluster: "ingress-gateway",
                  },
                },
              ],
            },
          ],
        },
      ],
      clusters: [
        {
          name: "ingress-gateway",
          type: "STRICT_DNS",
          connect_timeout: "5s",
          load_assignment: {
            cluster_name: "ingress-gateway",
            endpoints: [{ lb_endpoints: [{ endpoint: { address: at(GATEWAY) } }] }],
          },
        },
      ],
    },
  };
}
