import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import type { V1Pod } from "@kubernetes/client-node";
import type { Client } from "../control-plane/client.ts";
import { createAuthority } from "../control-plane/pki.ts";
import { admit, type AdmissionReview } from "../stand-ins/reviews.ts";

const NAME = "rehearsal-images";
const CONFIGURATIONS = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
const LOOPBACK = "127.0.0.1";

/**
 * Shows every pod that an API server admits, as all other webhooks leave it, to `see`, until it is stopped. Nothing is
 * refused: what is wrong is told at the end, all at once, and a pod that cannot be shown is not admitted.
 */
export async function watchAdmission(
  client: Client,
  see: (pod: V1Pod, namespace: string) => Promise<void>,
): Promise<{ stop(): Promise<void> }> {
  const authority = await createAuthority(NAME);
  const { certificate, key } = await authority.issue({ commonName: NAME, ipAddresses: [LOOPBACK] });
  const server = createServer({ cert: certificate, key }, (request, response) => {
    json(request).then(
      async (body) => {
        const review = body as AdmissionReview;
        await see(review.request.object as V1Pod, review.request.namespace ?? "");
        response.writeHead(200, { "content-type": "application/json" });
        response.end(JSON.stringify(admit(review, { allowed: true })));
      },
      () => response.destroy(),
    );
  });
  const url = `https://${LOOPBACK}:${await portOf(server)}/`;
  await client.patch(`${CONFIGURATIONS}/${NAME}?fieldManager=rehearsal&force=true`, "apply-patch", {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: NAME },
    webhooks: [
      {
        name: "images.rehearsal.internal",
        admissionReviewVersions: ["v1"],
        sideEffects: "None",
        failurePolicy: "Fail",
        clientConfig: { url, caBundle: Buffer.from(authority.certificate).toString("base64") },
        rules: [
          {
            operations: ["CREATE", "UPDATE"],
            apiGroups: [""],
            apiVersions: ["v1"],
            resources: ["pods", "pods/ephemeralcontainers"],
          },
        ],
      },
    ],
  });
  return {
    async stop() {
      try {
        await client.remove(`${CONFIGURATIONS}/${NAME}`);
      } finally {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

function portOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, LOOPBACK, () => resolve((server.address() as AddressInfo).port));
  });
}
