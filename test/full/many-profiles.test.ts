import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KubernetesObject } from "../../components/kit/objects.ts";
import { liveObjects } from "../kit/cluster.ts";
import { manyProfiles } from "../kit/many-profiles.ts";
import { type Ended, RehearsalHome, summaryIn } from "../kit/rehearsal.ts";

let home: RehearsalHome;
let ended: Ended;
const apply = async (count: number, ...flags: string[]) => {
  const file = path.join(home.directory, `${count}.yaml`);
  await writeFile(file, manyProfiles(count));
  return home.run(["dev", "--config", file, "--json", "--name", "many", ...flags]);
};

beforeAll(async () => {
  home = await RehearsalHome.open();
  ended = await apply(50, "--keep");
});
afterAll(() => home.close());

describe("fifty profiles of ten people", () => {
  it("are installed in one go, everybody bound and every controller done", async () => {
    expect(ended.code, ended.stderr).toBe(0);
    const { ok, kubeconfig, pods } = summaryIn(ended);
    expect({ ok, pods }).toMatchObject({ ok: true, pods: { pending: 0, failed: 0 } });
    const like = [
      { apiVersion: "kubeflow.org/v1", kind: "Profile", metadata: { name: "" } },
      { apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding", metadata: { name: "" } },
    ];
    const live = [...(await liveObjects(kubeconfig ?? "", like)).values()];
    const isDone = ({ metadata }: KubernetesObject) => (metadata["finalizers"] as string[] | undefined)?.length === 1;
    expect(live.filter(({ kind }) => kind === "Profile").filter(isDone).length).toBe(51);
    const ofMembers = live.filter(({ metadata }) => metadata.name.startsWith("user-"));
    // The owner of the first looks into all others, where they are no member of the team.
    expect(ofMembers.length).toBe(50 * 9 + 49);
  });

  it("change nothing when they are applied again", async () => {
    const again = await apply(50);
    expect(again.code, again.stderr).toBe(0);
    expect(summaryIn(again).objects).toMatchObject({ changed: 0, retried: 0 });
  });

  it("less one change that one, and no other", async () => {
    const fewer = await apply(49);
    expect(fewer.code, fewer.stderr).toBe(0);
    expect(summaryIn(fewer).objects.changed).toBe(0);
  });
});
