import * as pulumi from "@pulumi/pulumi";
import { ExistingCluster } from "./components/cluster/existing.ts";
import { UserError } from "./components/kit/errors.ts";
import { adjustmentsFor } from "./components/kubeflow/adjustments.ts";
import { adminEmailOf } from "./components/kubeflow/auth/settings.ts";
import { credentialsFrom } from "./components/kubeflow/credentials/derive.ts";
import { extrasFor } from "./components/kubeflow/extras.ts";
import { Kubeflow } from "./components/kubeflow/index.ts";
import { entranceOf } from "./components/kubeflow/ingress/entrance.ts";
import { planInstall } from "./components/kubeflow/plan.ts";
import { loadRelease } from "./components/kubeflow/release/index.ts";
import { releases } from "./components/kubeflow/releases/index.ts";
import { readSettings } from "./components/settings/index.ts";

export default await main().catch((error: unknown) => {
  // The runner prints the message of a RunError without a stack trace.
  throw error instanceof UserError ? new pulumi.RunError(error.message) : error;
});

async function main() {
  const settings = readSettings();
  const cluster = new ExistingCluster("cluster", settings.cluster);
  const release = releases[settings.release.version];
  const credentials = credentialsFrom(settings.secret, settings.rotation);
  const shipped = await loadRelease(release, settings.release.source, { extras: extrasFor(settings) });
  const plan = planInstall(release, shipped, adjustmentsFor(release, { ...settings, credentials }));
  const kubeflow = new Kubeflow(
    "kubeflow",
    { plan, deadlineSeconds: settings.release.deadlineSeconds },
    { provider: cluster.provider },
  );
  return {
    environment: settings.environment,
    version: release.version,
    objects: kubeflow.objectCount,
    url: entranceOf(settings.ingress).url,
    adminEmail: adminEmailOf(settings.auth, settings.ingress.host),
    adminPassword: pulumi.secret(credentials.adminPassword),
  };
}
