import * as pulumi from "@pulumi/pulumi";
import { cloudOf } from "./components/cluster/clouds.ts";
import { Furnishing } from "./components/cluster/furnishing/index.ts";
import { requireReachable } from "./components/cluster/reachability.ts";
import { announce } from "./components/cluster/remarks.ts";
import { throwForPeople } from "./components/cluster/run-error.ts";
import { exposedOn, nameWayIn } from "./components/cluster/way-in.ts";
import { defined } from "./components/kit/defined.ts";
import { adminEmailOf } from "./components/kubeflow/auth/settings.ts";
import { credentialsFrom } from "./components/kubeflow/credentials/derive.ts";
import { Kubeflow } from "./components/kubeflow/index.ts";
import { entranceOf } from "./components/kubeflow/ingress/entrance.ts";
import { planPlatform } from "./components/kubeflow/platform.ts";
import { releases } from "./components/kubeflow/releases/index.ts";
import { isRegistryAlone } from "./components/registry/alone.ts";
import { createRegistry, requireFilled, requireRegistry } from "./components/registry/index.ts";
import { readSettings } from "./components/settings/index.ts";
import { Profiles, warnOfOvercommitment } from "./components/tenancy/index.ts";
import { podRolesOf } from "./components/tenancy/pod-roles.ts";
import { profilesOn } from "./components/tenancy/profiles.ts";

export default await main().catch(throwForPeople);

async function main() {
  const settings = readSettings();
  const cloud = cloudOf(settings.cloud);
  const plan = cloud.plan(settings.cluster);
  await requireRegistry(settings);
  if (isRegistryAlone()) {
    const registry = await createRegistry("registry", settings);
    return defined({ registryDnsRecord: registry?.dnsRecord, registryPush: registry?.pushSignIn });
  }
  await announce(plan);
  const cluster = await cloud.create("cluster", settings.cluster, plan);
  requireReachable(cluster, settings.cluster);
  const release = releases[settings.release.version];
  const credentials = credentialsFrom(settings.secret, settings.rotation);
  const ingress = exposedOn(cluster, settings.ingress);
  const storageClass = cluster.storageClasses.find(({ reclaimPolicy }) => reclaimPolicy === "Retain")?.name;
  const platform = await planPlatform(settings, credentials, { ingress, storageClass });
  const profiles = profilesOn(platform.waves.flat(), release, settings);
  await warnOfOvercommitment(settings);
  const registry = await createRegistry("registry", settings, cluster);
  await requireFilled(settings, registry);
  const furnishing = new Furnishing("furnishing", { cloud, cluster, request: settings.cluster });
  const common = { deadlineSeconds: settings.release.deadlineSeconds, deletedWith: cluster.resource };
  const onto = { provider: cluster.provider };
  const kubeflow = new Kubeflow("kubeflow", { plan: platform, after: furnishing, ...common }, onto);
  cluster.givePodsRoles?.("pod-roles", podRolesOf(settings.tenants));
  const tenants = new Profiles("profiles", { profiles, after: kubeflow.ready, ...common }, onto);
  return defined({
    environment: settings.environment,
    version: release.version,
    objects: kubeflow.objectCount + tenants.objectCount,
    url: entranceOf(ingress).url,
    dnsRecords: nameWayIn(cluster, ingress, kubeflow.loadBalancerOf(release.entrance.ingressService)),
    registryDnsRecord: registry?.dnsRecord,
    registryPush: registry?.pushSignIn,
    kubeconfig: cluster.kubeconfig,
    adminEmail: adminEmailOf(settings.auth, settings.ingress.host),
    adminPassword: pulumi.secret(credentials.adminPassword),
  });
}
