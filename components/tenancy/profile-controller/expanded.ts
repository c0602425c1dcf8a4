import { groupKind, type KubernetesObject, labelsAt, objectId } from "../../kit/objects.ts";
import { namespaceOf, ownedObjects, type Profile, withLabels } from "./objects.ts";
import { configMapsOf, LABELS_FILE, PROFILE_CONTROLLER, type ProfileSettings, profileSettings } from "./settings.ts";

/** The Profiles of a set of objects, by name. */
export function profilesIn(objects: readonly KubernetesObject[]): Map<string, Profile> {
  const profiles = objects.filter((object) => groupKind(object) === "Profile.kubeflow.org");
  return new Map(profiles.map((object) => [object.metadata.name, object as KubernetesObject & Profile]));
}

/** What the profile controller of a set of objects is told, by its Deployment's ConfigMaps. */
export function profileSettingsIn(objects: readonly KubernetesObject[]): ProfileSettings {
  const [namespace = "", name = ""] = PROFILE_CONTROLLER.split("/");
  const find = (kind: string, wanted: string | undefined) =>
    objects.find(
      (object) =>
        groupKind(object) === kind && object.metadata.namespace === namespace && object.metadata.name === wanted,
    );
  const sources = configMapsOf(find("Deployment.apps", name));
  const environment = labelsAt(find("ConfigMap", sources.environment), "data");
  const labels = labelsAt(find("ConfigMap", sources.labels), "data")[LABELS_FILE];
  return profileSettings(environment, labels ?? "");
}

/**
 * The objects together with what the profile controller makes of their Profiles. A Namespace that the set has already
 * gets the controller's labels; of anything else the controller's own form wins, as it does in a cluster.
 */
export function withProfileObjects(objects: readonly KubernetesObject[]): KubernetesObject[] {
  const settings = profileSettingsIn(objects);
  const profiles = profilesIn(objects);
  const named = new Set(
    objects.filter((object) => groupKind(object) === "Namespace").map(({ metadata }) => metadata.name),
  );
  const made = [...profiles].flatMap(([name, profile]) => [
    ...(named.has(name) ? [] : [namespaceOf(profile, settings)]),
    ...ownedObjects(profile, settings).map(({ object }) => object),
  ]);
  const replaced = new Set(made.map(objectId));
  const kept = objects.filter((object) => !replaced.has(objectId(object)));
  return [...kept.map((object) => (isNamespaceOf(profiles, object) ? labelled(object, settings) : object)), ...made];
}

function isNamespaceOf(profiles: ReadonlyMap<string, Profile>, object: KubernetesObject): boolean {
  return groupKind(object) === "Namespace" && profiles.has(object.metadata.name);
}

function labelled(namespace: KubernetesObject, { namespaceLabels }: ProfileSettings): KubernetesObject {
  const labels = withLabels(namespace.metadata.labels ?? {}, namespaceLabels);
  return { ...namespace, metadata: { ...namespace.metadata, labels } };
}
