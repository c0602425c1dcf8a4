import { load } from "js-yaml";
import { listAt, textAt } from "../../../components/kit/objects.ts";
import { dataOf, type Live, read } from "../live.ts";
import { type Made, nameFor } from "../made.ts";

const WEB_APP = "Deployment.apps kubeflow/jupyter-web-app-deployment";
const VOLUME = "config-volume";
const FILE = "spawner_ui_config.yaml";

interface Choice {
  readonly value?: string;
  readonly options?: readonly string[];
}

/** A notebook of every image that the form offers. */
export async function notebooks(live: Live, namespace: string): Promise<Made[]> {
  return (await notebookImages(live)).map((image) => {
    const name = nameFor("notebook", image);
    const template = { spec: { serviceAccountName: "default-editor", containers: [{ name, image }] } };
    return {
      object: { apiVersion: "kubeflow.org/v1", kind: "Notebook", metadata: { name, namespace }, spec: { template } },
      plural: "notebooks",
      pods: [{ containers: { [name]: image }, labels: { "notebook-name": name } }],
    };
  });
}

/**
 * The images of the form's three lists, defaults first; none where notebooks are not installed. Throws RangeError where
 * the form has no configuration.
 */
export async function notebookImages(live: Live): Promise<string[]> {
  const webApp = await live.find(WEB_APP);
  if (webApp === undefined) return [];
  const volumes = listAt(webApp, "spec", "template", "spec", "volumes");
  const volume = volumes.find((one) => textAt(one, "name") === VOLUME);
  const name = textAt(volume, "configMap", "name");
  if (name === undefined) throw new RangeError(`${WEB_APP} has no volume ${VOLUME}`);
  const text = dataOf(await read(live, `ConfigMap kubeflow/${name}`))[FILE] ?? "";
  const { spawnerFormDefaults: defaults } = load(text) as { spawnerFormDefaults: Readonly<Record<string, Choice>> };
  const choices = ["image", "imageGroupOne", "imageGroupTwo"].map((list) => defaults[list]);
  const images = choices.flatMap((choice) => [choice?.value, ...(choice?.options ?? [])]);
  return [...new Set(images.filter((image) => image !== undefined))];
}
