import { Secret } from "@pulumi/gcp/secretmanager/secret.js";
import { SecretIamMember } from "@pulumi/gcp/secretmanager/secretIamMember.js";
import { SecretVersion } from "@pulumi/gcp/secretmanager/secretVersion.js";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterRequest } from "../contract.ts";
import { type RegistryAuthority, registryAuthorityOf } from "../registry-authority.ts";
import type { GcpNodeIdentity } from "./node-identity.ts";
import type { GcpPlan } from "./plan.ts";

export interface GcpRegistryAuthorityArgs extends RegistryAuthority {
  readonly request: ClusterRequest;
  readonly plan: GcpPlan;
  readonly identity: GcpNodeIdentity;
}

/**
 * A registry's authority in Secret Manager, where the nodes of GKE read it before they join.
 * Source: https://cloud.google.com/kubernetes-engine/docs/how-to/access-private-registries-private-certificates.
 */
export class GcpRegistryAuthority extends pulumi.ComponentResource {
  /** Of a pool's nodes. */
  readonly containerdConfig: {
    readonly privateRegistryAccessConfig: {
      readonly enabled: true;
      readonly certificateAuthorityDomainConfigs: {
        fqdns: string[];
        gcpSecretManagerCertificateConfig: { secretUri: pulumi.Output<string> };
      }[];
    };
  };

  constructor(name: string, args: GcpRegistryAuthorityArgs, opts: pulumi.ComponentResourceOptions) {
    super("kubeflow:cluster:GcpRegistryAuthority", name, {}, opts);
    const { host, ca, request, plan, identity } = args;
    const { project, region } = plan;
    const secret = new Secret(
      name,
      {
        project,
        secretId: `${request.name}-registry-authority`,
        replication: { userManaged: { replicas: [{ location: region }] } },
      },
      { parent: this },
    );
    const version = new SecretVersion(name, { secret: secret.id, secretData: ca }, { parent: this });
    const member = pulumi.interpolate`serviceAccount:${identity.email}`;
    new SecretIamMember(
      name,
      { project, secretId: secret.secretId, role: "roles/secretmanager.secretAccessor", member },
      { parent: this },
    );
    this.containerdConfig = {
      privateRegistryAccessConfig: {
        enabled: true,
        certificateAuthorityDomainConfigs: [
          { fqdns: [host], gcpSecretManagerCertificateConfig: { secretUri: version.name } },
        ],
      },
    };
    this.registerOutputs({});
  }
}

/** That of the request; undefined where its registry needs none. */
export function gcpRegistryAuthority(
  name: string,
  request: ClusterRequest,
  plan: GcpPlan,
  identity: GcpNodeIdentity,
  opts: pulumi.ComponentResourceOptions,
): GcpRegistryAuthority | undefined {
  const authority = registryAuthorityOf(request);
  return authority && new GcpRegistryAuthority(name, { ...authority, request, plan, identity }, opts);
}
