import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { directoryOf, readRecord } from "../../rehearsal/control-plane/directory.ts";
import { type Ended, RehearsalHome, summaryIn } from "../kit/rehearsal.ts";

const FAULTS = fileURLToPath(new URL("faults", import.meta.url));
/** Far more than any of these takes: a hang must end as a failure. */
const BOUND = 600_000;
let home: RehearsalHome;

beforeAll(async () => {
  home = await RehearsalHome.open();
  home.moveIn();
});
afterAll(() => home.close());

const rehearse = (fault: string, ...more: string[]) =>
  home.run(["dev", "--json", "--faults", `${FAULTS}/${fault}.json`, ...more]);

async function nothingIsLeft(): Promise<void> {
  expect(await home.rehearsals()).toEqual([]);
  await expect.poll(() => home.processes(), { timeout: 20_000 }).toEqual([]);
}

describe("what comes late is waited for, by name, and the installation completes:", () => {
  it.each([
    ["webhooks-late", [/objects? waits? for webhook \S+\.sidecar-injector\.istio\.io of Service istio-system\/istiod/]],
    [
      "definition-late",
      [
        /; waiting for CustomResourceDefinition profiles\.kubeflow\.org: condition Established=True \(now False: not all names are accepted\)/,
      ],
    ],
    ["api-server-restart", [/; \d+ objects wait for the API server/]],
  ])("%s", { timeout: BOUND }, async (fault, texts) => {
    const ended = await rehearse(fault);
    expect(ended.code, ended.stderr).toBe(0);
    for (const text of texts) expect(ended.stderr).toMatch(text);
    const { ok, objects, workloads, pods } = summaryIn(ended);
    expect({ ok, applied: objects.applied, ready: workloads.ready }).toEqual({
      ok: true,
      applied: objects.total,
      ready: workloads.total,
    });
    expect(pods).toMatchObject({ pending: 0, failed: 0 });
    await nothingIsLeft();
  });
});

/** What a user reads after the progress, without the JSON. */
function troublesIn({ stderr }: Ended): string[] {
  return stderr.split("\n").filter((line) => /^\S/.test(line) && !/^(Toolchain|Control plane$|Kubeflow v)/.test(line));
}

const AFTER = "is not ready after 30 s";
const HELD = /; it is in wave \d+ of \d+ and holds back the \d+ objects of later waves$/;

describe("what never comes ends the installation at the deadline, in a few lines that say what it is and what it holds back:", () => {
  it.each<[string, ...RegExp[]]>([
    [
      "webhook-never",
      // On a busy machine the deadline comes while its configuration still waits for an authority.
      /^MutatingWebhookConfiguration cert-manager-webhook failed; it is in wave \d|^(Cluster)?Issuer \S+ still waits for webhook webhook\.cert-manager\.io of Service cert-manager\/cert-manager-webhook after 30 s \(release\.deadline\); it is in wave \d/,
      HELD,
      /^failed: (MutatingWebhookConfiguration cert-manager-webhook is not ready|(Cluster)?Issuer \S+: .*no ready endpoint)/,
    ],
    [
      "injector-never",
      HELD,
      /^waited for until the end: webhook namespace\.sidecar-injector\.istio\.io of Service istio-system\/istiod, by (Deployment \S+(, | and )){5}|^Deployment \S+ still waits for webhook namespace/,
      /^not ready: .* and \d+ more$/,
    ],
    [
      "definition-never",
      /^CustomResourceDefinition profiles\.kubeflow\.org failed; it is in wave 1 of \d+ and holds back the \d+ objects of later waves$/,
      new RegExp(
        `^failed: CustomResourceDefinition profiles.kubeflow.org ${AFTER}: condition Established=True \\(now False: not all names are accepted\\); NamesAccepted=False: "Profile(List)?" is already in use$`,
      ),
    ],
    [
      "api-server-never",
      /^\S+ \S+ still waits for the API server after 30 s \(release\.deadline\); it is in wave \d/,
      HELD,
      /^failed: \S+ \S+: .*: connection refused; so did .* and \d+ more$/,
      /^the cluster could not be looked at: connect ECONNREFUSED 127\.0\.0\.1:\d+$/,
    ],
    [
      "quota-of-pods",
      HELD,
      /^waited for until the end: room in ResourceQuota no-pods, by .* and \d+ more$/,
      new RegExp(
        `^failed: Deployment kubeflow/\\S+ ${AFTER}: .*is forbidden: exceeded quota: no-pods, requested: pods=1`,
      ),
      /^not ready: .* and \d+ more$/,
    ],
    [
      "quota-of-objects",
      /^ConfigMap kubeflow\/\S+ failed; it is in wave 2 of \d+ and holds back the \d+ objects of later waves$/,
      /^failed: ConfigMap kubeflow\/\S+: .*is forbidden: exceeded quota: few-configmaps, .*; so did ConfigMap .* and \d+ more$/,
    ],
  ])("%s", { timeout: BOUND }, async (fault, ...texts) => {
    const ended = await rehearse(fault, "--config", `${FAULTS}/short-deadline.yaml`);
    expect(ended.code, ended.stderr).toBe(1);
    const troubles = troublesIn(ended);
    for (const text of texts) expect(troubles).toContainEqual(expect.stringMatching(text));
    expect(troubles.length, troubles.join("\n")).toBeLessThanOrEqual(6);
    expect(troubles.at(-1)).toBe("the rehearsal failed, for the reasons above");
    expect(summaryIn(ended)).toMatchObject({ ok: false, environment: "dev" });
    expect(ended.stderr).not.toContain("    at ");
    await nothingIsLeft();
  });
});

describe("a control plane that dies in the middle of an installation ends it with the reason:", () => {
  it.each(["kube-apiserver", "etcd"])("%s", { timeout: BOUND }, async (component) => {
    const rehearsal = home.start(["dev", "--json", "--name", "dying"]);
    await rehearsal.shows("registered resources ready; waiting for CustomResourceDefinition");
    const record = await readRecord(directoryOf("dying"));
    process.kill(record?.components.find((one) => one.component === component)?.pid ?? NaN, "SIGKILL");
    const ended = await rehearsal.ended();
    expect(ended.code).toBe(1);
    const reason = `${component} ended in the middle of the rehearsal (SIGKILL)`;
    expect(ended.stderr).toContain(`\n${reason}\n  The end of its log:\n    `);
    expect(ended.stderr).toMatch(/\n {2}Next: read the whole log: \S+dying-\S+\.log\n$/);
    const { error } = JSON.parse(ended.stdout) as { error: string };
    expect(error).toContain(reason);
    await nothingIsLeft();
  });
});
