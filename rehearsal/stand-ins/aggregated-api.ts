/**
 * What an API server of its own behind a Service says it serves: nothing, as it stands in for metrics that nobody
 * measures. Without an answer the cluster's list of kinds is incomplete, and no namespace is ever deleted. Undefined
 * for other paths than those of API discovery.
 */
export function describeAggregatedApi(path: string): unknown {
  const [, group, version] = /^\/apis\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  if (group === undefined) return undefined;
  return { kind: "APIResourceList", apiVersion: "v1", groupVersion: `${group}/${version}`, resources: [] };
}
